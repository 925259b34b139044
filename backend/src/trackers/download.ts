import type { IndexerTools } from '../services/source/indexer.port.js';

/** The .torrent file behind a link, for indexers whose links lead straight to one. */
export async function downloadTorrent(
  tools: IndexerTools,
  {
    provider,
    link,
    trusted,
    signal,
  }: { provider: string; link: string; trusted: readonly string[]; signal: AbortSignal },
): Promise<Uint8Array | null> {
  if (!URL.canParse(link)) return null;
  const found = await tools.downloads.fetch(new URL(link), { provider, trusted, signal });
  return found.kind === 'file' ? found.bytes : null;
}
