// Where the bytes of a torrent lie at a web seed (BEP 19): names as they are in the torrent, not as they are shown.
import { type BencodeDictionary, type BencodeValue, decodeBencode } from '../bencode.js';

export interface SeedFile {
  /** Where it begins in the torrent, bytes. */
  offset: number;
  /** Bytes; never 0. */
  length: number;
  /** Its path below the seed's address, encoded for addresses; null when it has none that could be asked for. */
  path: string | null;
  /** Zeros that no server keeps (BEP 47). */
  isPadding: boolean;
}

/** The files of one torrent in order, and how they are addressed. */
export class SeedLayout {
  private constructor(
    readonly files: readonly SeedFile[],
    private readonly name: string | null,
    private readonly isSingle: boolean,
  ) {}

  /** @param torrentFile one that `parseTorrentFile` took */
  static read(torrentFile: Uint8Array): SeedLayout {
    const { value } = decodeBencode(torrentFile, { allowTrailing: true });
    const info = value instanceof Map ? value.get('info') : undefined;
    if (!(info instanceof Map)) return new SeedLayout([], null, true);
    const name = encodePart(info.get('name'));
    const list = info.get('files');
    if (!Array.isArray(list)) {
      const length = numberOf(info.get('length'));
      return new SeedLayout([{ offset: 0, length, path: name, isPadding: false }], name, true);
    }
    const files: SeedFile[] = [];
    let offset = 0;
    for (const entry of list) {
      if (!(entry instanceof Map)) continue;
      const length = numberOf(entry.get('length'));
      const path = name === null ? null : encodePath(name, entry.get('path'));
      if (length > 0) files.push({ offset, length, path, isPadding: isPadding(entry) });
      offset += length;
    }
    return new SeedLayout(files, name, false);
  }

  /**
   * Where a file is to be asked for. A seed ending in `/` is a folder that holds the torrent by its name; of a torrent of
   * one file the address may be the file itself.
   */
  addressOf(seed: string, { path }: SeedFile): URL | null {
    if (path === null || this.name === null) return null;
    if (this.isSingle) return new URL(seed.endsWith('/') ? seed + path : seed);
    return new URL(`${seed.endsWith('/') ? seed : `${seed}/`}${path}`);
  }

  /** The file that holds a byte of the torrent. */
  fileAt(position: number): SeedFile {
    let low = 0;
    let high = this.files.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.files[middle]?.offset ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    const file = this.files[low];
    if (!file) throw new RangeError(`nothing lies at byte ${position}`);
    return file;
  }

  /** Files with a byte in the range, padding apart. */
  filesIn(start: number, end: number): SeedFile[] {
    return this.files.filter(
      ({ offset, length, isPadding: isPad }) => !isPad && offset < end && offset + length > start,
    );
  }
}

function numberOf(value: BencodeValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function isPadding(entry: BencodeDictionary): boolean {
  const attributes = entry.get('attr');
  if (attributes instanceof Uint8Array && attributes.includes('p'.charCodeAt(0))) return true;
  // As written before there was a mark for it.
  const path = entry.get('path');
  const last = Array.isArray(path) ? path.at(-1) : undefined;
  return last instanceof Uint8Array && Buffer.from(last).toString('latin1').startsWith('_____padding_file_');
}

function encodePath(name: string, path: BencodeValue | undefined): string | null {
  if (!Array.isArray(path) || path.length === 0) return null;
  const parts = path.map(encodePart);
  return parts.includes(null) ? null : [name, ...parts].join('/');
}

/** Byte by byte, so that names in no known encoding pass too. What would lead out of the folder has no address. */
function encodePart(value: BencodeValue | undefined): string | null {
  if (!(value instanceof Uint8Array) || value.length === 0) return null;
  const text = Buffer.from(value).toString('latin1');
  if (text === '.' || text === '..') return null;
  return text.replace(
    /[^A-Za-z0-9\-._~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
