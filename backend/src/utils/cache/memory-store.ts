import { createKeyv } from 'cacheable';
import type { Keyv } from 'keyv';

/** A store in this process's memory; the least recently used entries leave when there are more than `maxEntries`. */
export function memoryStore({ maxEntries }: { maxEntries: number }): Keyv {
  return createKeyv({ lruSize: maxEntries });
}
