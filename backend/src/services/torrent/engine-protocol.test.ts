import { expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { describeFailure, reviveFailure, toEngineSchema } from './engine-protocol.js';
import { EngineUnavailableError, TorrentInvalidError } from './torrent.errors.js';

const join = (infoHash: unknown, more: object = {}) => ({
  ...{ type: 'call', id: 1, method: 'add' },
  input: { infoHash, announce: [], ...more },
});

it('T16 nothing but an info-hash and bytes names a torrent to the engine: no address, no path, no magnet', () => {
  const hash = 'a1'.repeat(20);
  expect(toEngineSchema.safeParse(join(hash)).success).toBe(true);
  const places = fc.oneof(
    fc.webUrl(),
    fc.string(),
    fc.string().map((text) => `/etc/${text}`),
    fc.string().map((text) => `file:///${text}`),
    fc.string().map((text) => `magnet:?xt=urn:btih:${hash}&xs=${text}`),
    fc.constantFrom(
      `${hash}\n`,
      hash.toUpperCase(),
      ` ${hash}`,
      `${hash}/../x`,
      '../'.repeat(14).slice(0, 40),
    ),
    fc.uint8Array({ minLength: 20, maxLength: 20 }),
    fc.object(),
  );
  fc.assert(
    fc.property(places, (place) => {
      expect(toEngineSchema.safeParse(join(place)).success).toBe(false);
      if (!(place instanceof Uint8Array))
        expect(toEngineSchema.safeParse(join(hash, { torrentFile: place })).success).toBe(false);
    }),
    { numRuns: 400 },
  );
});

it('a failure with a torrent and an engine that is away are two errors', () => {
  const revive = (error: unknown) => reviveFailure(describeFailure(error));
  expect(revive(new TypeError('urls.forEach is not a function'))).toMatchObject({
    code: 'torrent-unplayable',
    message: 'The torrent engine could not use this torrent. Try another one.',
  });
  expect(revive(new EngineUnavailableError())).toMatchObject({
    code: 'engine-unavailable',
    retryAfterSeconds: 2,
  });
  expect(revive(new TorrentInvalidError('it is empty'))).toMatchObject({
    code: 'torrent-invalid',
    message: 'This torrent cannot be used: it is empty.',
  });
});
