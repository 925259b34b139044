import type { TextSealer } from '../../encryption/sealed-text.js';
import { Indexer as IndexerRow } from '../../entities/indexer.entity.js';
import { keyPurpose } from './indexer-settings.js';

/** A moment later than the last change: by it a changed row is known. */
export function after({ updatedAt }: IndexerRow): Date {
  return new Date(Math.max(Date.now(), updatedAt.getTime() + 1));
}

/** One that was never asked. */
export function blankRow(now: Date): IndexerRow {
  return Object.assign(new IndexerRow(), {
    enabled: true,
    urls: [],
    categories: [],
    sealedApiKey: null,
    lastError: null,
    lastErrorAt: null,
    lastOkAt: null,
    responseMs: null,
    resultsPerSearch: null,
    searches: 0,
    failures: 0,
    createdAt: now,
    updatedAt: now,
  });
}

/** As it is kept; null when there is none. */
export function sealedKey(seal: TextSealer, id: string, apiKey: string | null): string | null {
  return apiKey === null ? null : seal.seal(apiKey, keyPurpose(id));
}
