import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeStore, getChunk, putChunk } from '../chunk-stores/chunk-store.js';
import { openChunkStores } from '../chunk-stores/chunk-stores.js';
import { readConfiguration } from '../configuration.js';
import { addStorageKey } from '../encryption/storage-keys.js';
import { chooseChunkStore } from './chunk-store-choice.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-choice-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const choose = (values: Record<string, string>) =>
  chooseChunkStore(readConfiguration([{ label: 'environment variable', values }]), {
    torrents: path.join(root, 'torrents'),
    secrets: path.join(root, 'secrets'),
  });

describe('chooseChunkStore', () => {
  it('gives each kind what it needs', async () => {
    const torrents = path.join(root, 'torrents');
    const bucket = {
      S3_ENDPOINT: 'http://127.0.0.1:9000',
      S3_BUCKET: 'films',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'secret',
    };
    expect(await choose({})).toEqual({ kind: 'file', root: torrents });
    expect(await choose({ CHUNK_STORE: 'memory', CHUNK_MEMORY: '1GB' })).toEqual({
      kind: 'memory',
      maxBytes: 1e9,
    });
    expect(await choose({ CHUNK_STORE: 'tiered' })).toMatchObject({ kind: 'tiered', s3: null });
    expect(await choose({ CHUNK_STORE: 's3', ...bucket })).toMatchObject({
      kind: 's3',
      s3: { endpoint: 'http://127.0.0.1:9000/films', prefix: 'kinora', accessKeyId: 'id' },
    });
    expect(await choose({ CHUNK_STORE: 'tiered', ...bucket })).toMatchObject({
      root: torrents,
      s3: { secretAccessKey: 'secret' },
    });
  });

  it('lets an added master key take over: what was sealed before opens, and the old key is forgotten', async () => {
    const wanted = { infoHash: 'ab'.repeat(20), chunkLength: 100, length: 100 };
    const before = await choose({ CHUNK_STORE: 'encrypted' });
    const store = (await openChunkStores(before)).create(wanted);
    await putChunk(store, 0, Buffer.alloc(100, 7));
    await closeStore(store);
    await addStorageKey(path.join(root, 'secrets'));
    const after = await choose({ CHUNK_STORE: 'encrypted' });
    if (before.kind !== 'encrypted' || after.kind !== 'encrypted') throw new Error('another kind');
    expect(after.masterKeys).toHaveLength(1);
    expect(after.masterKeys[0].id).not.toBe(before.masterKeys[0].id);
    const again = (await openChunkStores(after)).create(wanted);
    expect(Buffer.from(await getChunk(again, 0))).toEqual(Buffer.alloc(100, 7));
    await closeStore(again);
    await expect(openChunkStores(before)).rejects.toThrow('backup');
  });
});
