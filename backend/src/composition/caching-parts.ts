import { createHmac } from 'node:crypto';
import type { DataFolder } from '../data-folder.js';
import type { Secrets } from '../encryption/secrets.js';
import type { Logger } from '../logging/logger.js';
import type { CacheOutcome } from '../logging/metrics.js';
import { MemoryRateLimitStore } from '../middleware/memory.rate-limit-store.js';
import { RedisRateLimitStore } from '../middleware/redis.rate-limit-store.js';
import { SharedAttempts } from '../services/auth/shared-attempts.js';
import { Cache } from '../utils/cache/cache.js';
import { memoryStore } from '../utils/cache/memory-store.js';
import { RedisConnection } from '../utils/cache/redis-connection.js';
import { redisStore } from '../utils/cache/redis-store.js';
import { sqliteStore } from '../utils/cache/sqlite-store.js';
import { SwitchedRedis } from '../utils/cache/switched-redis.js';

export interface CachingPartsNeeds {
  folder: DataFolder;
  logger: Logger;
  version: string;
  secrets: Secrets;
  /** Of the database. */
  identity: string;
  onLookup: (outcome: CacheOutcome, area: string) => void;
}

/**
 * What is remembered and counted: in memory, and with CACHE_URL over what several servers share. Those that have the
 * same keys count together. They share what they remember as well when they have the same database, for it names its
 * rows, and the same version, for its form may change.
 */
export function createCachingParts({
  folder,
  logger,
  version,
  secrets,
  identity,
  onLookup,
}: CachingPartsNeeds) {
  const memory = memoryStore({ maxEntries: 5_000 });
  const local = new MemoryRateLimitStore();
  const redis = new SwitchedRedis((url) => new RedisConnection({ url, logger }));
  const owner = createHmac('sha256', secrets.refreshKey).update('shared cache').digest('hex').slice(0, 16);
  const namespace = `kinora:${owner}`;
  const file = sqliteStore({ file: folder.cache, namespace: `${identity}:${version}:` });
  return {
    closeCache: file.close,
    cache: new Cache({
      stores: [
        memory,
        file.store,
        redisStore({ connection: redis, namespace: `${namespace}:${identity}:${version}` }),
      ],
      onLookup,
    }),
    rateLimitStore: new RedisRateLimitStore({ scripts: redis, local, namespace }),
    sharedAttempts: new SharedAttempts({ scripts: redis, namespace, secret: secrets.refreshKey }),
    redis,
  };
}
