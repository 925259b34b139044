import { displayText } from './display-text.js';
import { MagnetInvalidError } from './torrent.errors.js';
import { acceptedTrackers } from './tracker-urls.js';

export interface Magnet {
  /** 40 lower-case hex digits. */
  infoHash: string;
  /** Display name, when the link has one. */
  name: string | null;
  /** Tracker addresses, at most 50. */
  announce: string[];
}

/** Characters. A link with 140 trackers has about 10,000. */
export const magnetLimit = 65_536;

/**
 * Reads a magnet link (BEP 9) as people paste it: broken over lines, copied from HTML (`&amp;`), with keys in capitals or
 * numbered (`tr.1`), or an info-hash alone. Of its fields only the info-hash, the name and the trackers are used: the
 * others name addresses that the link's author would have us fetch or dial.
 * @throws {MagnetInvalidError}
 */
export function parseMagnet(text: string): Magnet {
  if (text.length > magnetLimit) throw new MagnetInvalidError('it is longer than 65,536 characters');
  // A mail program breaks long links; no part of one may hold a line break or a tab.
  const link = text.replace(/[\r\n\t]+/g, '').trim();
  const bare = infoHashIn(link);
  if (bare !== null) return { infoHash: bare, name: null, announce: [] };
  const fields = /^magnet:\?(.*)$/is.exec(link)?.[1];
  if (fields === undefined)
    throw new MagnetInvalidError('it does not start with "magnet:?" and is no info-hash');
  const values = valuesByKey(fields.replace(/&amp;|&#38;|&#x26;/gi, '&'));
  const infoHash = infoHashOf(values.get('xt') ?? []);
  const name = displayText(values.get('dn')?.[0], '');
  return {
    infoHash,
    name: name === '' ? null : name,
    announce: acceptedTrackers(values.get('tr') ?? []),
  };
}

/** Values by key in lower case, without its number: `xt.1` is a further `xt`. In the order of the link. */
function valuesByKey(fields: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(fields)) {
    const name = key
      .trim()
      .toLowerCase()
      .replace(/\.\d+$/, '');
    const known = values.get(name);
    if (known) known.push(value.trim());
    else values.set(name, [value.trim()]);
  }
  return values;
}

function infoHashOf(topics: readonly string[]): string {
  for (const topic of topics) {
    const infoHash = infoHashIn(/^urn:btih:(.*)$/i.exec(topic)?.[1] ?? '');
    if (infoHash !== null) return infoHash;
  }
  if (topics.some((topic) => /^urn:btih:/i.test(topic))) {
    throw new MagnetInvalidError('its info-hash is neither 40 hex digits nor 32 base-32 characters');
  }
  if (topics.some((topic) => /^urn:btmh:/i.test(topic))) {
    throw new MagnetInvalidError('it names BitTorrent v2 only, which is not supported');
  }
  throw new MagnetInvalidError('it names no BitTorrent info-hash');
}

/** An info-hash in 40 hex digits or 32 characters of base 32, as 40 lower-case hex digits; null for any other text. */
function infoHashIn(text: string): string | null {
  if (/^[0-9a-f]{40}$/i.test(text)) return text.toLowerCase();
  return /^[a-z2-7]{32}$/i.test(text) ? base32ToHex(text) : null;
}

/** RFC 4648 section 6, for 32 characters: 20 bytes, no padding. */
function base32ToHex(text: string): string {
  let bits = 0n;
  for (const character of text.toUpperCase()) {
    bits = (bits << 5n) | BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character));
  }
  return bits.toString(16).padStart(40, '0');
}
