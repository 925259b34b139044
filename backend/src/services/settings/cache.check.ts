import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '../../logging/logger.js';
import { RedisConnection } from '../../utils/cache/redis-connection.js';
import type { Finding } from './finding.js';

const tries = 6;
const betweenMs = 500;

/** Whether a Redis or Valkey answers there and lets us in. */
export async function checkCache(url: string): Promise<Finding> {
  const subject = 'cache';
  const { host } = new URL(url);
  const connection = new RedisConnection({ url, logger: silentLogger(), patienceMs: 1_000 });
  try {
    await connection.start();
    for (let attempt = 1; !connection.isUp && attempt < tries; attempt += 1) await sleep(betweenMs);
    await connection.ask((client) => client.ping());
    return { subject, verdict: 'ok', text: `${host} answers` };
  } catch {
    const text = `${host} does not answer or does not let us in. Check address, name and password.`;
    return { subject, verdict: 'broken', text, mayPass: true };
  } finally {
    connection.stop();
  }
}
