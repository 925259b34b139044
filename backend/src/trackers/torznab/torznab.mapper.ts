import type { FoundRelease } from '../../services/source/indexer.port.js';
import { parseMagnet } from '../../services/torrent/magnet.js';
import { unknownRelease } from '../unknown-release.js';
import type { TorznabItem } from './torznab.xml.js';

/** A release whose info-hash the feed does not tell: its link has to be followed. */
export interface UnhashedRelease {
  release: Omit<FoundRelease, 'infoHash'>;
  link: string;
}

export type MappedItem =
  | { kind: 'release'; release: FoundRelease }
  | ({ kind: 'unhashed' } & UnhashedRelease);

/** What stands in the place of the key wherever a link is kept. */
export const keyPlaceholder = '__APIKEY__';

/** One item of a feed; null when nothing leads to its torrent. The info-hash is taken from the surest place that has it. */
export function toRelease(item: TorznabItem, apiKey: string | null): MappedItem | null {
  const first = (name: string) => item.attrs.get(name)?.[0] ?? null;
  const links = [item.link, item.enclosureUrl, item.guid];
  const magnets = [first('magneturl'), ...links].flatMap((text) => readMagnet(text) ?? []);
  const told = /^[0-9a-f]{40}$/i.exec(first('infohash')?.trim() ?? '')?.[0].toLowerCase();
  const infoHash = told ?? magnets[0]?.infoHash;
  const download =
    [item.enclosureUrl, item.link].find((text) => text !== null && /^https?:\/\//i.test(text)) ?? null;
  const link =
    download !== null && download.length <= 2_000 && URL.canParse(download)
      ? withoutKey(download, apiKey)
      : null;
  const seeders = count(first('seeders'));
  const peers = count(first('peers'));
  const release = {
    ...unknownRelease,
    title: item.title,
    sizeBytes: positive(item.size) ?? positive(first('size')) ?? positive(item.enclosureLength),
    seeders,
    // Peers are seeders and leechers together.
    leechers:
      count(first('leechers')) ?? (peers !== null && seeders !== null ? Math.max(0, peers - seeders) : null),
    torrentUrl: link,
    announce: magnets.find((magnet) => magnet.infoHash === infoHash)?.announce ?? [],
    uploadedAt: dateOf(item.pubDate),
    imdbId: imdbOf(first('imdbid') ?? first('imdb')),
  };
  if (infoHash !== undefined) return { kind: 'release', release: { ...release, infoHash } };
  return link === null ? null : { kind: 'unhashed', release, link };
}

/** Puts the key back into a link that was kept without it. */
export function withKey(link: string, apiKey: string | null): string {
  return apiKey === null ? link : link.replaceAll(keyPlaceholder, encodeURIComponent(apiKey));
}

/** Links of a feed hold the key; what is stored must not. */
export function withoutKey(link: string, apiKey: string | null): string {
  const url = new URL(link);
  for (const [name, value] of url.searchParams) {
    if (/^(?:jackett_)?api_?key$|^passkey$/i.test(name) || (apiKey !== null && value === apiKey))
      url.searchParams.set(name, keyPlaceholder);
  }
  const text = url.href;
  return apiKey === null || apiKey.length < 8
    ? text
    : text.replaceAll(encodeURIComponent(apiKey), keyPlaceholder);
}

function readMagnet(text: string | null) {
  if (text === null || !/^magnet:/i.test(text)) return null;
  try {
    return parseMagnet(text);
  } catch {
    return null;
  }
}

function count(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

function positive(text: string | null): number | null {
  const value = text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : 0;
  return value > 0 ? value : null;
}

function dateOf(text: string | null): Date | null {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? null : date;
}

/** `1254207`, `0063350` or `tt1254207`; zero is unknown. */
function imdbOf(text: string | null): string | null {
  const digits = /^(?:tt)?(\d{1,9})$/i.exec(text?.trim() ?? '')?.[1];
  return digits === undefined || Number(digits) === 0 ? null : `tt${digits.padStart(7, '0')}`;
}
