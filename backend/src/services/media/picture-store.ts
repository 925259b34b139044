import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Image } from './metadata-provider.port.js';

export interface PictureStoreOptions {
  /** A folder of its own: what is in it may be deleted at any time. */
  folder: string;
  /** For all pictures together. */
  maxBytes: number;
}

interface Kept {
  name: string;
  bytes: number;
}

const types: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};
const nameShape = /^([0-9a-f]{32})-([0-9a-f]{8})-([0-9a-f]{6})\.(jpg|png|webp)$/;

/**
 * Pictures on the disk, within a budget; those not looked at for longest leave first. A file's name says what it is: the
 * picture, its size and form, its colour, its type. Failures of the disk cost only the memory.
 */
export class PictureStore {
  /** In the order of their last use. */
  private readonly kept = new Map<string, Kept>();
  private readonly colors = new Map<string, string>();
  private held = 0;

  /** Reads the folder, which is made when it is missing. */
  constructor(private readonly options: PictureStoreOptions) {
    try {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      const found = readdirSync(options.folder).flatMap((name) => {
        const [, picture = '', form = '', color = ''] = nameShape.exec(name) ?? [];
        if (picture === '') return [];
        const { size, mtimeMs } = statSync(path.join(options.folder, name));
        return [{ key: picture + form, picture, color, name, size, mtimeMs }];
      });
      for (const { key, picture, color, name, size } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
        this.remember(key, { name, bytes: size });
        this.colors.set(picture, color);
      }
    } catch {
      // Without the folder nothing is kept.
    }
  }

  /** What to show until the picture is there: `#203040`; null when it was never seen. */
  colorOf(picture: string): string | null {
    const color = this.colors.get(hash(picture, 32));
    return color === undefined ? null : `#${color}`;
  }

  /** @param form size and type that were asked for */
  async find(picture: string, form: string): Promise<Image | null> {
    const key = hash(picture, 32) + hash(form, 8);
    const kept = this.kept.get(key);
    if (!kept) return null;
    const file = path.join(this.options.folder, kept.name);
    try {
      const bytes = await readFile(file);
      this.remember(key, kept);
      const now = new Date();
      void utimes(file, now, now).catch(() => undefined);
      return { bytes, contentType: types[kept.name.split('.').at(-1) ?? ''] ?? 'image/jpeg' };
    } catch {
      this.forget(key);
      return null;
    }
  }

  /** @param color `203040` */
  async keep(picture: string, form: string, { bytes, contentType }: Image, color: string): Promise<void> {
    const end = Object.keys(types).find((name) => types[name] === contentType);
    if (end === undefined || bytes.byteLength > this.options.maxBytes / 10) return;
    this.colors.set(hash(picture, 32), color);
    const name = `${hash(picture, 32)}-${hash(form, 8)}-${color}.${end}`;
    const file = path.join(this.options.folder, name);
    try {
      // Whole or not at all: half a picture would be served for ever.
      await writeFile(`${file}.part`, bytes, { mode: 0o600 });
      await rename(`${file}.part`, file);
      this.remember(hash(picture, 32) + hash(form, 8), { name, bytes: bytes.byteLength });
      for (const [key, { name: oldest }] of this.kept) {
        if (this.held <= this.options.maxBytes) break;
        this.forget(key);
        await rm(path.join(this.options.folder, oldest), { force: true });
      }
    } catch {
      await rm(`${file}.part`, { force: true }).catch(() => undefined);
    }
  }

  /** Bytes on the disk. */
  get size(): number {
    return this.held;
  }

  private remember(key: string, kept: Kept): void {
    this.forget(key);
    this.kept.set(key, kept);
    this.held += kept.bytes;
  }

  private forget(key: string): void {
    this.held -= this.kept.get(key)?.bytes ?? 0;
    this.kept.delete(key);
  }
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
