import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';

const headerLength = 64;
const fileName = 'pieces.bin';

/**
 * Which pieces are wholly on disk, one bit each (bit 7 of byte 0 is piece 0, as in BEP 3), so that a restart need
 * not read what was never written. A piece is marked after its bytes are written. Marks survive the end of the
 * process; after a power failure they may promise more than the disk holds, so the file's head names the boot of
 * the machine that wrote it, and `sameBoot` says whether the marks can be believed. Only `confirm` makes marks of another boot
 * believed in this one: whoever is killed while looking at them must begin anew.
 */
export class PieceJournal {
  private flushing: Promise<void> | null = null;
  private dirtyFrom = Infinity;
  private dirtyTo = -1;
  private failure: Error | null = null;

  private constructor(
    private readonly file: FileHandle,
    private bits: Uint8Array,
    /** False after a reboot, for a new journal, and where the machine does not name its boots. */
    readonly sameBoot: boolean,
  ) {}

  /** Opens or makes the journal of a directory that exists. */
  static async open(directory: string): Promise<PieceJournal> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const file = await open(path.join(directory, fileName), flags, 0o600);
    try {
      const bytes = await file.readFile();
      const head = header(await bootId());
      const sameBoot =
        bytes.length >= headerLength && head.equals(bytes.subarray(0, headerLength)) && head[0] !== 0;
      if (bytes.length < headerLength) await file.write(head, 0, headerLength, 0);
      return new PieceJournal(file, Uint8Array.from(bytes.subarray(headerLength)), sameBoot);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  has(piece: number): boolean {
    return ((this.bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  /** A copy of the bits, for `count` pieces. */
  bitfield(count: number): Uint8Array {
    const bits = new Uint8Array(Math.ceil(count / 8));
    bits.set(this.bits.subarray(0, bits.length));
    return bits;
  }

  mark(piece: number): void {
    this.set(piece, true);
  }

  unmark(piece: number): void {
    this.set(piece, false);
  }

  /** Every mark has been looked at: in this boot they can be believed from now on. */
  async confirm(): Promise<void> {
    await this.flush();
    await this.file.write(header(await bootId()), 0, headerLength, 0);
  }

  /** Writes what is marked and lets the file go. */
  async close(): Promise<void> {
    await this.flush();
    await this.file.close();
  }

  private set(piece: number, on: boolean): void {
    const byte = piece >> 3;
    if (byte >= this.bits.length) {
      const grown = new Uint8Array(Math.max(byte + 1, this.bits.length * 2, 64));
      grown.set(this.bits);
      this.bits = grown;
    }
    const mask = 0x80 >> (piece & 7);
    this.bits[byte] = on ? (this.bits[byte] ?? 0) | mask : (this.bits[byte] ?? 0) & ~mask;
    this.dirtyFrom = Math.min(this.dirtyFrom, byte);
    this.dirtyTo = Math.max(this.dirtyTo, byte);
    // One write at a time carries every mark made meanwhile. Losing one only means loading that piece again.
    this.flushing ??= this.writeDirty().catch((error: unknown) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Settles when every mark made so far is written. */
  async flush(): Promise<void> {
    await this.flushing;
    if (this.failure) throw this.failure;
  }

  private async writeDirty(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.dirtyTo >= this.dirtyFrom) {
        const from = this.dirtyFrom;
        const slice = this.bits.slice(from, this.dirtyTo + 1);
        this.dirtyFrom = Infinity;
        this.dirtyTo = -1;
        try {
          await this.file.write(slice, 0, slice.length, headerLength + from);
          this.failure = null;
        } catch (error) {
          // Kept for the next mark, when the disk may have room again.
          this.dirtyFrom = Math.min(this.dirtyFrom, from);
          this.dirtyTo = Math.max(this.dirtyTo, from + slice.length - 1);
          throw error;
        }
      }
    } finally {
      this.flushing = null;
    }
  }
}

async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return '';
  }
}

function header(boot: string): Buffer {
  const head = Buffer.alloc(headerLength);
  head.write(boot, 0, 'latin1');
  return head;
}
