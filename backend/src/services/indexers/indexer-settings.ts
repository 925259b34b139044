import type { TextSealer } from '../../encryption/sealed-text.js';
import type { Indexer } from '../../entities/indexer.entity.js';
import { AppError, type FieldError } from '../../errors/app-error.js';
import type { IndexerKind, IndexerSettings } from '../source/indexer.port.js';

/** An indexer as an administrator asks for it. */
export interface NewIndexer extends IndexerSettings {
  kind: string;
  enabled: boolean;
}

/** What is left out stays as it is. */
export interface IndexerChanges {
  name?: string | undefined;
  urls?: string[] | undefined;
  /** Null takes the key away. */
  apiKey?: string | null | undefined;
  categories?: number[] | undefined;
  enabled?: boolean | undefined;
}

/** Whether the settings fit the kind. Error: validation-failed. */
export function checkIndexer({ takes }: IndexerKind, { urls }: { urls: readonly string[] }): void {
  const errors: FieldError[] = [];
  if (urls.length === 0 && takes.urls !== 0)
    errors.push({ field: 'body.urls', message: 'its address is missing' });
  if (takes.urls === 1 && urls.length > 1) errors.push({ field: 'body.urls', message: 'it has one address' });
  if (urls.some((url) => !isPlainHttp(url)))
    errors.push({
      field: 'body.urls',
      message: 'must be http or https addresses without a name or password in them',
    });
  if (errors.length > 0)
    throw new AppError('validation-failed', 'Some fields are missing or wrong.', { errors });
}

/** What an adapter is made from. A key that does not open any more counts as none: the indexer then says so itself. */
export function settingsOf(row: Indexer, seal: TextSealer): IndexerSettings {
  const { id, name, urls, categories, sealedApiKey } = row;
  return {
    name,
    urls,
    categories,
    apiKey: sealedApiKey === null ? null : seal.open(sealedApiKey, keyPurpose(id)),
  };
}

/** What a sealed key opens for. */
export function keyPurpose(id: string): string {
  return `key of indexer ${id}`;
}

function isPlainHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
