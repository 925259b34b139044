import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FolderInUseError } from './database.errors.js';
import { FolderLock } from './folder-lock.js';

let folder: string;
const warnings: string[] = [];
const take = (of = folder) => FolderLock.take(of, (reason) => warnings.push(reason));

beforeEach(async () => {
  warnings.length = 0;
  folder = await mkdtemp(path.join(tmpdir(), 'kinora-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('F31 a folder is had by one at a time, and is free as soon as that one lets go', async () => {
  const first = take();
  expect(() => take()).toThrow(FolderInUseError);
  expect(() => take()).toThrow(folder);
  expect((await stat(path.join(folder, 'server.lock'))).mode & 0o777).toBe(0o600);
  first?.release();
  const second = take();
  expect(() => take()).toThrow(FolderInUseError);
  second?.release();
  expect(warnings).toEqual([]);
});

it('goes without, and says so, where no lock can be had', () => {
  expect(take(path.join(folder, 'missing'))).toBeNull();
  expect(warnings).toHaveLength(1);
});
