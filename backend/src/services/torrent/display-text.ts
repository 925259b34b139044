import type { BencodeValue } from './bencode.js';

/** Control characters, and those that turn the direction of text or are not seen (they disguise extensions). */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * A name out of a torrent as text that is safe to show and to join with `/`: no control or bidirectional
 * characters, no separators, never `.` or `..`, at most 255 characters. It is not for use as a path on disk.
 */
export function displayText(value: BencodeValue | string | undefined, fallback: string): string {
  const text =
    value instanceof Uint8Array
      ? Buffer.from(value).toString('utf8')
      : typeof value === 'string'
        ? value
        : '';
  const cleaned = Array.from(text.normalize('NFC').replace(unseen, '').replace(/[/\\]/g, '_'))
    .slice(0, 255)
    .join('')
    .trim();
  return /^\.*$/.test(cleaned) ? fallback : cleaned;
}
