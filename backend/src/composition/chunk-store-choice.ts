import path from 'node:path';
import type { ChunkStoreSettings } from '../chunk-stores/chunk-store-settings.js';
import type { S3Settings } from '../chunk-stores/s3-bucket.js';
import { sealedFolder, TitleKeys } from '../chunk-stores/title-keys.js';
import type { Configuration } from '../configuration.js';
import type { DataFolder } from '../data-folder.js';
import { loadStorageKeys, retireStorageKeys } from '../encryption/storage-keys.js';

/**
 * Where pieces are kept, as the configuration says. Master keys that were added (`kinora keys rotate --storage`) take
 * over here, before anything is opened: every title's key is wrapped anew and the older ones are forgotten. Errors:
 * `SecretsError`, `ChunkStoreLockedError`.
 */
export async function chooseChunkStore(
  configuration: Configuration,
  { torrents: root, secrets }: Pick<DataFolder, 'torrents' | 'secrets'>,
): Promise<ChunkStoreSettings> {
  const { CHUNK_STORE: kind, CHUNK_MEMORY: memoryBytes } = configuration;
  switch (kind) {
    case 'file':
      return { kind, root };
    case 'memory':
      return { kind, maxBytes: memoryBytes };
    case 'encrypted': {
      let masterKeys = await loadStorageKeys(secrets);
      if (masterKeys.length > 1) {
        await (await TitleKeys.open(path.join(root, sealedFolder), masterKeys)).rewrap();
        masterKeys = await retireStorageKeys(secrets);
      }
      return { kind, root, masterKeys };
    }
    case 's3': {
      const s3 = s3Settings(configuration);
      if (!s3) throw new Error('The configuration was read without its checks');
      return { kind, memoryBytes, s3 };
    }
    case 'tiered':
      return { kind, root, memoryBytes, s3: s3Settings(configuration) };
  }
}

/** Null when no bucket is configured. */
export function s3Settings(configuration: Configuration): S3Settings | null {
  const {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_REGION: region,
    S3_PREFIX: prefix,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = configuration;
  if (endpoint === undefined || bucket === undefined) return null;
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { endpoint: `${endpoint}/${bucket}`, region, prefix, accessKeyId, secretAccessKey };
}
