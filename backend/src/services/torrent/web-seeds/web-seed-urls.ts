import type { BencodeValue } from '../bencode.js';

/** Web seeds of one torrent that are looked at. */
const maxWebSeeds = 20;
const maxLength = 2_048;
/** A torrent may list 100,000 addresses; beyond these none is read. */
const maxLookedAt = 1_000;

/** Keeps what can be a web seed (BEP 19): plain http or https addresses without credentials, each once, at most 20. */
export function acceptedWebSeeds(urls: readonly string[]): string[] {
  const accepted = new Set<string>();
  for (const url of urls.slice(0, maxLookedAt)) {
    if (isUsable(url)) accepted.add(url);
    if (accepted.size >= maxWebSeeds) break;
  }
  return [...accepted];
}

/** The `url-list` of a .torrent file: one address or a list of them. */
export function webSeedsIn(urlList: BencodeValue | undefined): string[] {
  const values = Array.isArray(urlList) ? urlList : [urlList];
  return acceptedWebSeeds(
    values
      .slice(0, maxLookedAt)
      .flatMap((value) => (value instanceof Uint8Array ? [Buffer.from(value).toString('utf8')] : [])),
  );
}

function isUsable(text: string): boolean {
  if (text.length > maxLength || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && hostname !== '' && username === '' && password === '';
}
