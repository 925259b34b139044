import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { BackupError } from './backup.errors.js';

// The ustar format (POSIX.1-1988), as far as plain files need it, so that any tar program can look into a backup.

const block = 512;
/** What eleven octal digits can say. */
const largestBytes = 8 ** 11 - 1;

export interface TarEntry {
  name: string;
  size: number;
  /** Of the content, in the archive. Bytes. */
  offset: number;
}

/** The header of a plain file of mode 0600. `name`: at most 100 ASCII characters. @throws BackupError */
export function tarHeader(name: string, size: number, modified: Date): Buffer {
  if (Buffer.byteLength(name) > 100 || size > largestBytes)
    throw new BackupError(`${name} does not fit into a backup: its name or its content is too long.`);
  const header = Buffer.alloc(block);
  header.write(name, 0);
  header.write('0000600\0' + '0000000\0' + '0000000\0', 100);
  header.write(octal(size, 11), 124);
  header.write(octal(Math.floor(modified.getTime() / 1000), 11), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  header.write(`${octal(checksum(header), 6)}\0 `, 148);
  return header;
}

/** Zeros up to the next whole block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

export const tarEnd = Buffer.alloc(2 * block);

/** What is in an archive, without its contents. @throws BackupError when it is no such archive, or cut off */
export async function listTar(archive: FileHandle): Promise<TarEntry[]> {
  const { size: total } = await archive.stat();
  const entries: TarEntry[] = [];
  const header = Buffer.alloc(block);
  for (let position = 0; ; ) {
    const { bytesRead } = await archive.read(header, 0, block, position);
    if (bytesRead < block) throw new BackupError('It is no backup of Kinora, or it was cut off.');
    if (header.every((byte) => byte === 0)) return entries;
    const entry = readHeader(header, position + block);
    if (entry.offset + entry.size > total) throw new BackupError('It was cut off.');
    entries.push(entry);
    position = entry.offset + entry.size + tarPadding(entry.size).length;
  }
}

/** The content of an entry. */
export function readEntry(file: string, { offset, size }: TarEntry): Readable {
  return createReadStream(file, { start: offset, end: Math.max(offset, offset + size - 1) });
}

function readHeader(header: Buffer, offset: number): TarEntry {
  const text = (start: number, length: number) =>
    header.toString('latin1', start, start + length).replace(/[\0 ].*$/s, '');
  const number = (start: number, length: number) =>
    /^[0-7]+$/.test(text(start, length)) ? Number.parseInt(text(start, length), 8) : null;
  const blanked = Buffer.from(header);
  blanked.write(' '.repeat(8), 148);
  const size = number(124, 12);
  const isPlainFile = text(257, 6) === 'ustar' && text(156, 1) === '0';
  if (size === null || number(148, 8) !== checksum(blanked) || !isPlainFile)
    throw new BackupError('It is no backup of Kinora, or it is damaged.');
  return { name: text(0, 100), size, offset };
}

function checksum(header: Buffer): number {
  return header.reduce((sum, byte) => sum + byte, 0);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
