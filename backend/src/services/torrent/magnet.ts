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

const maxLength = 8_192;

/**
 * Reads a magnet link (BEP 9). Of its fields only the info-hash, the name and the trackers are used: the others
 * name addresses that the link's author would have us fetch or dial.
 * @throws {MagnetInvalidError}
 */
export function parseMagnet(text: string): Magnet {
  if (text.length > maxLength) throw new MagnetInvalidError('it is longer than 8,192 characters');
  const fields = /^\s*magnet:\?(.*)$/is.exec(text)?.[1];
  if (fields === undefined) throw new MagnetInvalidError('it does not start with "magnet:?"');
  const parameters = new URLSearchParams(fields.trim());
  const infoHash = infoHashOf(parameters.getAll('xt'));
  const name = displayText(parameters.get('dn') ?? undefined, '');
  return { infoHash, name: name === '' ? null : name, announce: acceptedTrackers(parameters.getAll('tr')) };
}

function infoHashOf(topics: readonly string[]): string {
  for (const topic of topics) {
    const [, hex, base32] = /^urn:btih:(?:([0-9a-f]{40})|([a-z2-7]{32}))$/i.exec(topic) ?? [];
    if (hex !== undefined) return hex.toLowerCase();
    if (base32 !== undefined) return base32ToHex(base32);
  }
  if (topics.some((topic) => /^urn:btih:/i.test(topic))) {
    throw new MagnetInvalidError('its info-hash is neither 40 hex digits nor 32 base-32 characters');
  }
  if (topics.some((topic) => /^urn:btmh:/i.test(topic))) {
    throw new MagnetInvalidError('it names BitTorrent v2 only, which is not supported');
  }
  throw new MagnetInvalidError('it names no BitTorrent info-hash');
}

/** RFC 4648 section 6, for 32 characters: 20 bytes, no padding. */
function base32ToHex(text: string): string {
  let bits = 0n;
  for (const character of text.toUpperCase()) {
    bits = (bits << 5n) | BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character));
  }
  return bits.toString(16).padStart(40, '0');
}
