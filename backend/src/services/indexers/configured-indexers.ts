import { createHash } from 'node:crypto';
import type { IndexerKind } from '../source/indexer.port.js';

/** An indexer that is there as long as the configuration names it. */
export interface ConfiguredIndexer {
  /** The kind itself, or the kind and a mark of the address where each address is an indexer of its own. */
  id: string;
  kind: IndexerKind;
  /** To begin with; an existing one keeps its own. */
  name: string;
  urls: readonly string[];
  apiKey: string | null;
}

/**
 * Addresses by kind, to the indexers they make. Kinds that are built in are there without any address, unless the configuration
 * gives them none on purpose.
 */
export function configuredIndexers(
  kinds: readonly IndexerKind[],
  addresses: Readonly<Record<string, readonly string[]>>,
): ConfiguredIndexer[] {
  return kinds.flatMap((kind): ConfiguredIndexer[] => {
    const urls = addresses[kind.kind] ?? [];
    if (addresses[kind.kind]?.length === 0) return [];
    if (kind.takes.urls === 1) return urls.map((address) => ofAddress(kind, address));
    if (kind.builtIn === undefined && urls.length === 0) return [];
    return [{ id: kind.kind, kind, name: ownNames[kind.kind] ?? kind.label, urls, apiKey: null }];
  });
}

/** Whether an id of that kind is one of ours; those that administrators add have random ones. */
export function isConfiguredId(id: string, kind: string): boolean {
  return id === kind || id.startsWith(`${kind}-`);
}

/** The key that Torznab servers show as a part of their address is no part of it: it is kept sealed, and never shown. */
export function withoutKey(address: string): { url: string; apiKey: string | null } {
  const url = new URL(address);
  const apiKey = url.searchParams.get('apikey');
  url.search = '';
  url.hash = '';
  return { url: url.href, apiKey: apiKey === '' ? null : apiKey };
}

/** As they were called before there were several. */
const ownNames: Readonly<Record<string, string>> = { yts: 'YTS' };

function ofAddress(kind: IndexerKind, address: string): ConfiguredIndexer {
  const { url, apiKey } = withoutKey(address);
  const mark = createHash('sha256').update(url).digest('hex').slice(0, 16);
  const name = `${kind.kind} ${new URL(url).host}`.slice(0, 48);
  return { id: `${kind.kind}-${mark}`, kind, name, urls: [url], apiKey };
}
