import { createHmac, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createPrivateFile, fileErrorCode, writePrivateFile } from '../encryption/atomic-file.js';
import type { KeyRing } from '../encryption/secrets.js';
import { keyLength, unwrapKey, wrapKey, wrappedKeySchema } from '../encryption/wrapped-key.js';
import { ChunkStoreLockedError } from './chunk-store.errors.js';

const keyFile = 'key.bin';
const namesFile = 'names.bin';

/** Where sealed titles lie, below the root of what is stored: beside it may lie what was stored plain before. */
export const sealedFolder = 'sealed';

/**
 * The keys of what is stored encrypted: one random key per title, beside its chunks, wrapped by a master key. Names of
 * directories are a keyed hash of the info-hash, so that they tell nothing; that key is random and wrapped as well, so
 * names outlive a change of the master key.
 */
export class TitleKeys {
  private constructor(
    readonly root: string,
    private readonly masterKeys: KeyRing,
    private readonly nameKey: Uint8Array,
  ) {}

  /** Errors: `ChunkStoreLockedError` when the master key that sealed `root` is not in the ring. */
  static async open(root: string, masterKeys: KeyRing): Promise<TitleKeys> {
    const file = path.join(root, namesFile);
    const found = await readKey(file, masterKeys, namesFile);
    if (found) return new TitleKeys(root, masterKeys, found);
    // Without the key of the names nothing that may lie here can be told from anything else.
    await rm(root, { recursive: true, force: true });
    await createPrivateFile(file, sealed(randomBytes(keyLength), masterKeys, namesFile));
    const made = await readKey(file, masterKeys, namesFile);
    if (!made) throw new ChunkStoreLockedError('The key of the stored names cannot be read back.');
    return new TitleKeys(root, masterKeys, made);
  }

  directoryOf(infoHash: string): string {
    const name = createHmac('sha256', this.nameKey).update(infoHash).digest('hex').slice(0, 40);
    return path.join(this.root, name);
  }

  /** The key of the title kept in `directory`; null when there is none, or what is there is damaged beyond use. */
  find(directory: string): Promise<Uint8Array | null> {
    return readKey(path.join(directory, keyFile), this.masterKeys, path.basename(directory));
  }

  /** The same, or a new key in an empty directory. */
  async findOrCreate(directory: string): Promise<Uint8Array> {
    const found = await this.find(directory);
    if (found) return found;
    // Chunks without their key are noise.
    await rm(directory, { recursive: true, force: true });
    const file = path.join(directory, keyFile);
    await createPrivateFile(file, sealed(randomBytes(keyLength), this.masterKeys, path.basename(directory)));
    const made = await this.find(directory);
    if (!made) throw new ChunkStoreLockedError('The key of a title cannot be read back.');
    return made;
  }

  /** Makes all that is stored of a title unreadable, at once; then removes it. */
  async erase(directory: string): Promise<void> {
    await this.drop(directory);
    await rm(directory, { recursive: true, force: true });
  }

  /** Only the first step: without its key what is stored is noise, however long removing it takes. */
  async drop(directory: string): Promise<void> {
    await rm(path.join(directory, keyFile), { force: true });
  }

  /** Wraps every key anew with the ring's first master key, so that the others can be retired. Answers how many. */
  async rewrap(): Promise<number> {
    await writePrivateFile(path.join(this.root, namesFile), sealed(this.nameKey, this.masterKeys, namesFile));
    let count = 1;
    for (const entry of await readdir(this.root, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const directory = path.join(this.root, entry.name);
      const key = await this.find(directory);
      if (!key) continue;
      await writePrivateFile(path.join(directory, keyFile), sealed(key, this.masterKeys, entry.name));
      count += 1;
    }
    return count;
  }
}

function sealed(key: Uint8Array, masterKeys: KeyRing, purpose: string): string {
  return `${JSON.stringify(wrapKey(key, masterKeys, purpose))}\n`;
}

async function readKey(file: string, masterKeys: KeyRing, purpose: string): Promise<Uint8Array | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(fileErrorCode(error) ?? '')) return null;
    throw error;
  }
  const wrapped = wrappedKeySchema.safeParse(parseJson(text));
  if (!wrapped.success) return null;
  const key = unwrapKey(wrapped.data, masterKeys, purpose);
  if (key === 'damaged') return null;
  if (key !== 'unknown-master-key') return key;
  // A lost key may be found again, so what it opens stays.
  throw new ChunkStoreLockedError(
    'What is stored was sealed with a master key that is not there any more. Put a backup of the storage keys in its place, or remove what is stored.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
