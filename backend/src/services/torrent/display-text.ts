import { limitCombiningMarks } from '../../entities/combining-marks.js';
import type { BencodeValue } from './bencode.js';

/** Bytes or characters of a name that are read; 255 characters of it remain. */
const mostRead = 4_096;

/** Control characters, and those that turn the direction of text or are not seen (they disguise extensions). */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * A name out of a torrent as text that is safe to show and to join with `/`: no control or bidirectional
 * characters, no separators, never `.` or `..`, at most 255 characters. It is not for use as a path on disk.
 */
export function displayText(value: BencodeValue | string | undefined, fallback: string): string {
  const text =
    value instanceof Uint8Array
      ? Buffer.from(value.subarray(0, mostRead)).toString('utf8')
      : typeof value === 'string'
        ? value.slice(0, mostRead)
        : '';
  const cleaned = Array.from(
    limitCombiningMarks(text).normalize('NFC').replace(unseen, '').replace(/[/\\]/g, '_'),
  )
    .slice(0, 255)
    .join('')
    .trim();
  return /^\.*$/.test(cleaned) ? fallback : cleaned;
}
