import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { ImageService } from './image.service.js';
import type { ImageProvider } from './metadata-provider.port.js';
import { PictureStore } from './picture-store.js';

let folder: string;
let fetched: number;
let provider: ImageProvider;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'kinora-pictures-'));
  fetched = 0;
  const noise = { type: 'gaussian', mean: 120, sigma: 30 } as const;
  const create = {
    width: 342,
    height: 513,
    channels: 3,
    background: { r: 200, g: 30, b: 30 },
    noise,
  } as const;
  const bytes = await sharp({ create }).jpeg({ quality: 95 }).toBuffer();
  provider = {
    fetchImage: () => {
      fetched += 1;
      return Promise.resolve({ bytes, contentType: 'image/jpeg' });
    },
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const serve = (maxBytes = 10_000_000) =>
  new ImageService({ providers: { tmdb: provider }, pictures: new PictureStore({ folder, maxBytes }) });
const ask = (service: ImageService, file = 'a.jpg', webp = true) =>
  service.getImage({ provider: 'tmdb', size: 'w342', file, webp });

test('a picture is fetched once, made smaller for those who can show it, and outlives a restart', async () => {
  const service = serve();
  const small = await ask(service);
  const plain = await ask(service, 'a.jpg', false);
  expect([small.contentType, plain.contentType]).toEqual(['image/webp', 'image/jpeg']);
  expect(small.bytes.byteLength).toBeLessThan(plain.bytes.byteLength);
  const before = fetched;
  const again = await ask(serve());
  expect(Buffer.from(again.bytes).equals(Buffer.from(small.bytes))).toBe(true);
  expect(fetched).toBe(before);
});

test('its colour is known from then on, by the path that titles are stored with', async () => {
  const service = serve();
  expect(service.colorOf('/a.jpg')).toBeNull();
  await ask(service);
  expect(service.colorOf('/a.jpg')).toMatch(/^#[0-9a-f]{6}$/);
  expect(serve().colorOf('/a.jpg')).toBe(service.colorOf('/a.jpg'));
  expect(service.colorOf(null)).toBeNull();
});

test('what is on the disk stays within its budget, and the folder may vanish', async () => {
  const { bytes } = await ask(serve());
  const budget = bytes.byteLength * 11;
  const service = serve(budget);
  for (let i = 0; i < 20; i += 1) await ask(service, `${i}.jpg`);
  expect(readdirSync(folder).length).toBeLessThanOrEqual(11);
  rmSync(folder, { recursive: true, force: true });
  expect((await ask(service, 'other.jpg')).contentType).toBe('image/webp');
});
