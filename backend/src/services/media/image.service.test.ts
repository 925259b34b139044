import { describe, expect, it } from '@jest/globals';
import { ProviderNotFoundError, ProviderTimeoutError } from '../../http-client/http-client.errors.js';
import { ImageService } from './image.service.js';

describe('ImageService', () => {
  const poster = { provider: 'tmdb', size: 'w342', file: 'a.jpg' } as const;
  const image = { bytes: new Uint8Array([1]), contentType: 'image/jpeg' };

  it('fetches a picture once, however many ask', async () => {
    let calls = 0;
    const fetchImage = () => Promise.resolve((calls++, image));
    const service = new ImageService({ providers: { tmdb: { fetchImage } } });
    await Promise.all([service.getImage(poster), service.getImage(poster)]);
    expect(await service.getImage(poster)).toBe(image);
    expect(calls).toBe(1);
  });

  it('tries again after a failure', async () => {
    const failure = new ProviderTimeoutError({ provider: 'TMDB', detail: 'test' });
    const answers = [Promise.reject(failure), Promise.resolve(image)];
    const service = new ImageService({
      providers: { tmdb: { fetchImage: () => answers.shift() ?? Promise.reject(failure) } },
    });
    await expect(service.getImage(poster)).rejects.toBe(failure);
    expect(await service.getImage(poster)).toBe(image);
  });

  it('believes for an hour that a picture is not there, and then asks again', async () => {
    let calls = 0;
    let now = 0;
    const fetchImage = () => {
      calls += 1;
      return Promise.reject(new ProviderNotFoundError('TMDB'));
    };
    const service = new ImageService({ providers: { tmdb: { fetchImage } }, now: () => now });
    for (const at of [0, 1, 3_599_999]) {
      now = at;
      await expect(service.getImage(poster)).rejects.toMatchObject({ message: 'Picture not found.' });
    }
    expect(calls).toBe(1);
    now = 3_600_000;
    await expect(service.getImage(poster)).rejects.toMatchObject({ message: 'Picture not found.' });
    expect(calls).toBe(2);
  });

  it('does not find pictures of providers that are off, of no provider, and those gone upstream', async () => {
    const service = new ImageService({
      providers: { tmdb: { fetchImage: () => Promise.reject(new ProviderNotFoundError('TMDB')) } },
    });
    for (const provider of ['tmdb', 'other', 'constructor', '__proto__']) {
      await expect(service.getImage({ ...poster, provider })).rejects.toMatchObject({
        message: 'Picture not found.',
      });
    }
  });
});
