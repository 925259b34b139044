// Everything a .torrent file or a swarm's metadata claims is checked here, before any library sees it and before
// anything is allocated by its numbers.
import { createHash } from 'node:crypto';
import { type BencodeDictionary, BencodeError, type BencodeValue, decodeBencode } from './bencode.js';
import { displayText } from './display-text.js';
import { TorrentInvalidError } from './torrent.errors.js';
import type { TorrentFile, TorrentMetadata } from './torrent-engine.port.js';
import { acceptedTrackers } from './tracker-urls.js';
import { webSeedsIn } from './web-seeds/web-seed-urls.js';

/** Bytes of a .torrent file or of an info dictionary. */
export const torrentFileLimitBytes = 4 * 1024 * 1024;

const torrentLimits = {
  files: 10_000,
  pieces: 2 ** 17,
  /** Bytes. Most are powers of two; BEP 3 does not ask for that, and clients take any length. */
  minPieceLength: 16 * 1024,
  maxPieceLength: 64 * 1024 * 1024,
  /** Parts of one path. */
  pathParts: 32,
  /** Values and keys of any kind. 10,000 files with hashes and attributes beside each need 140,000. */
  tokens: 180_000,
} as const;

export interface ParsedTorrent {
  /** 40 lower-case hex digits: SHA-1 of the info dictionary's own bytes (BEP 3). */
  infoHash: string;
  metadata: TorrentMetadata;
  /** Tracker addresses with a scheme we know, at most 50. */
  announce: string[];
  /** Servers that keep its files (BEP 19), at most 20. */
  webSeeds: string[];
  /** Bytes of the info dictionary, which the info-hash is of. */
  infoBytes: Uint8Array;
  /** The file without what follows its end. */
  bytes: Uint8Array;
}

/**
 * Reads a .torrent file (BEP 3, 12, 19, 27). Bytes after its end are ignored, as are keys outside the info dictionary
 * whose value is of an unexpected type.
 * @throws {TorrentInvalidError} when malformed, beyond `torrentLimits`, or BitTorrent v2 only
 */
export function parseTorrentFile(bytes: Uint8Array): ParsedTorrent {
  if (bytes.length > torrentFileLimitBytes) throw new TorrentInvalidError('the file is larger than 4 MiB');
  const { value, spans, end } = decode(bytes, true);
  const info = value instanceof Map ? value.get('info') : undefined;
  const span = spans.get('info');
  if (!(value instanceof Map) || !(info instanceof Map) || !span) {
    throw new TorrentInvalidError('it holds no info dictionary');
  }
  const infoBytes = bytes.subarray(span.start, span.end);
  const infoHash = sha1(infoBytes);
  return {
    infoBytes,
    infoHash,
    metadata: validateInfoDict(info, infoHash),
    announce: announceOf(value),
    webSeeds: webSeedsIn(value.get('url-list')),
    bytes: end === bytes.length ? bytes : bytes.subarray(0, end),
  };
}

/**
 * Reads an info dictionary that came from a swarm (BEP 9) and checks that it is the one that was asked for.
 * @throws {TorrentInvalidError}
 */
export function parseInfoDict(bytes: Uint8Array, expectedInfoHash: string): TorrentMetadata {
  if (bytes.length > torrentFileLimitBytes)
    throw new TorrentInvalidError('its metadata is larger than 4 MiB');
  if (sha1(bytes) !== expectedInfoHash)
    throw new TorrentInvalidError('its metadata belongs to another torrent');
  const { value } = decode(bytes);
  if (!(value instanceof Map)) throw new TorrentInvalidError('its metadata is no dictionary');
  return validateInfoDict(value, expectedInfoHash);
}

/**
 * Checks a decoded info dictionary against `torrentLimits` and turns it into metadata.
 * @throws {TorrentInvalidError}
 */
function validateInfoDict(info: BencodeDictionary, infoHash: string): TorrentMetadata {
  const pieces = info.get('pieces');
  if (!(pieces instanceof Uint8Array)) {
    const v2Only = info.get('meta version') === 2;
    throw new TorrentInvalidError(
      v2Only ? 'it is BitTorrent v2 only, which is not supported' : 'it has no piece hashes',
    );
  }
  const pieceLength = info.get('piece length');
  if (!isPieceLength(pieceLength)) {
    throw new TorrentInvalidError('its piece length is not from 16 KiB to 64 MiB');
  }
  const name = displayText(info.get('name.utf-8') ?? info.get('name'), 'unnamed');
  const files = filesOf(info, name);
  const length = files.reduce((sum, file) => sum + file.length, 0);
  if (length === 0) throw new TorrentInvalidError('it is empty');
  const count = Math.ceil(length / pieceLength);
  if (count > torrentLimits.pieces) throw new TorrentInvalidError('it has too many pieces');
  if (pieces.length !== count * 20) throw new TorrentInvalidError('its piece hashes do not fit its length');
  return { infoHash, name, pieceLength, length, files, isPrivate: info.get('private') === 1 };
}

function filesOf(info: BencodeDictionary, name: string): TorrentFile[] {
  const list = info.get('files');
  if (list === undefined) {
    return [{ index: 0, name, path: name, length: fileLength(info.get('length')), offset: 0 }];
  }
  if (!Array.isArray(list) || list.length === 0) throw new TorrentInvalidError('it lists no files');
  if (list.length > torrentLimits.files) throw new TorrentInvalidError('it has more than 10,000 files');
  let offset = 0;
  return list.map((entry, index) => {
    if (!(entry instanceof Map)) throw new TorrentInvalidError('its list of files is malformed');
    const parts = pathOf(entry);
    const length = fileLength(entry.get('length'));
    const path = [name, ...parts].join('/');
    const isPadding = isPaddingFile(entry);
    const file = { index, name: parts.at(-1) ?? name, path, length, offset, ...(isPadding && { isPadding }) };
    offset += length;
    if (!Number.isSafeInteger(offset)) throw new TorrentInvalidError('its length is out of range');
    return file;
  });
}

/** True for zeros between two files (BEP 47), which no client shows. Older programs marked them by name alone. */
function isPaddingFile(entry: BencodeDictionary): boolean {
  const attributes = entry.get('attr');
  if (attributes instanceof Uint8Array && attributes.includes('p'.charCodeAt(0))) return true;
  const path = entry.get('path');
  const parts = Array.isArray(path) ? path : [];
  const text = (part: BencodeValue | undefined) =>
    part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : '';
  return (
    text(parts.at(-1)).startsWith('_____padding_file_') || (parts.length === 2 && text(parts[0]) === '.pad')
  );
}

function pathOf(entry: BencodeDictionary): string[] {
  const path = entry.get('path.utf-8') ?? entry.get('path');
  if (!Array.isArray(path) || path.length === 0 || path.length > torrentLimits.pathParts) {
    throw new TorrentInvalidError('the path of a file is malformed');
  }
  return path.map((part) => displayText(part, '_'));
}

function fileLength(value: BencodeValue | undefined): number {
  if (typeof value !== 'number' || value < 0)
    throw new TorrentInvalidError('the length of a file is malformed');
  return value;
}

function isPieceLength(value: BencodeValue | undefined): value is number {
  if (typeof value !== 'number') return false;
  return value >= torrentLimits.minPieceLength && value <= torrentLimits.maxPieceLength;
}

function announceOf(torrent: BencodeDictionary): string[] {
  const tiers = torrent.get('announce-list');
  // Some programs write a plain list instead of a list of tiers (BEP 12), or a list where one address belongs.
  const all = [torrent.get('announce'), tiers].flat(2);
  return acceptedTrackers(
    all
      .slice(0, 1_000)
      .flatMap((url) => (url instanceof Uint8Array ? [Buffer.from(url).toString('utf8')] : [])),
  );
}

function decode(bytes: Uint8Array, allowTrailing = false) {
  try {
    return decodeBencode(bytes, { maxTokens: torrentLimits.tokens, allowTrailing });
  } catch (error) {
    if (error instanceof BencodeError) throw new TorrentInvalidError(`it is malformed (${error.message})`);
    throw error;
  }
}

/** Writes a .torrent file around the bytes of an info dictionary, which stay as they are. */
export function writeTorrentFile(infoBytes: Uint8Array, announce: readonly string[]): Uint8Array {
  const tiers = announce.map((url) => `l${Buffer.byteLength(url)}:${url}e`).join('');
  const list = tiers === '' ? '' : `13:announce-listl${tiers}e`;
  return Buffer.concat([Buffer.from(`d${list}4:info`), infoBytes, Buffer.from('e')]);
}

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

/** The SHA-1 sums of all pieces, 20 bytes each, of a .torrent file or of `{ info }`; empty when it has none. */
export function pieceHashesIn(bytes: Uint8Array): Uint8Array {
  const { value } = decodeBencode(bytes, { allowTrailing: true });
  const info = value instanceof Map ? value.get('info') : undefined;
  const pieces = info instanceof Map ? info.get('pieces') : undefined;
  return pieces instanceof Uint8Array ? pieces : new Uint8Array();
}
