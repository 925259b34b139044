import type { SwarmCount } from '../../repositories/source.repository.js';
import { decodeBencode } from '../torrent/bencode.js';

/** Where an HTTP tracker tells counts: by convention its address with `scrape` in the place of `announce` (BEP 48). */
export function scrapeUrl(announce: URL, infoHashes: readonly string[]): URL | null {
  const at = announce.pathname.lastIndexOf('/');
  const last = announce.pathname.slice(at + 1);
  if (!last.startsWith('announce')) return null;
  const url = new URL(announce);
  url.pathname = `${announce.pathname.slice(0, at + 1)}scrape${last.slice('announce'.length)}`;
  // Raw bytes, which URLSearchParams would take for text.
  const query = infoHashes.map((infoHash) => `info_hash=${infoHash.replaceAll(/../g, '%$&')}`).join('&');
  url.search = url.search === '' ? `?${query}` : `${url.search}&${query}`;
  return url;
}

/** Reads a tracker's answer (BEP 48): only what was asked for, and only counts that make sense. @throws BencodeError */
export function readScrape(bytes: Uint8Array, infoHashes: readonly string[]): SwarmCount[] {
  const { value } = decodeBencode(bytes);
  const files = value instanceof Map ? value.get('files') : undefined;
  if (!(files instanceof Map)) return [];
  return infoHashes.flatMap((infoHash) => {
    // Keys are the hash's own bytes.
    const entry = files.get(Buffer.from(infoHash, 'hex').toString('latin1'));
    if (!(entry instanceof Map)) return [];
    const [seeders, leechers] = [entry.get('complete'), entry.get('incomplete')];
    if (!isCount(seeders)) return [];
    return [{ infoHash, seeders, leechers: isCount(leechers) ? leechers : 0 }];
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 10_000_000;
}
