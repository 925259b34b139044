import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { owner, type PlaybackWorld, startPlaybackWorld } from '../../test-support/playback-world.js';
import type { TorrentStatus } from '../torrent/torrent-engine.port.js';
import type { StallCause } from './stall-verdict.js';

describe('why a play stands still', () => {
  let world: PlaybackWorld;
  /** Bytes and seconds. */
  const [length, lengthSeconds] = [2_000_000, 8];

  beforeEach(async () => {
    world = await startPlaybackWorld({ length });
  });

  afterEach(() => world.stop());

  const never = new AbortController().signal;

  it('says why a film stands still, once the player says it does', async () => {
    world.engine.deliver(world.film.metadata.infoHash, length / 2);
    const started = await world.play();
    expect(await world.playback.getState(owner, started.id)).toMatchObject({ verdict: null });
    const stalled = await world.playback.getState(owner, started.id, { isWaiting: true });
    expect(stalled.verdict).toMatchObject({ cause: 'swarm' });
    expect(stalled).toMatchObject({ swarm: { willing: 2 }, runwaySeconds: null, alternatives: [] });
  });

  it.each<[StallCause, Partial<TorrentStatus>, string | null, string]>([
    ['vpn', {}, 'The tunnel is down.', 'The tunnel is down.'],
    ['disk', { storageTrouble: 'full', unstoredBytes: 31_000_000 }, null, '31 MB wait to be stored'],
    ['cpu', { lateMs: 900 }, null, 'Its work is 900 ms late'],
    ['swarm', { downloadBytesPerSecond: 100_000 }, null, '0.1 MB/s come in, the film takes 0.3 MB/s'],
  ])(
    'names %s as what a waiting film waits for, with the evidence',
    async (cause, trouble, paused, evidence) => {
      world.engine.deliver(world.film.metadata.infoHash, length / 2);
      const started = await world.play();
      const stream = await world.playback.openStream(started.grant, never);
      const reading = stream.read({ start: 0, end: length }, never)[Symbol.asyncIterator]();
      for (let bytes = 0; bytes < length / 2; ) {
        const { value } = (await reading.next()) as { value: Uint8Array };
        bytes += value.length;
      }
      const missing = reading.next();
      Object.assign(world.engine.trouble, trouble);
      world.pause.reason = paused;
      world.clock.now += 4_000;
      const { verdict } = await world.playback.getState(owner, started.id, { lengthSeconds });
      expect(verdict?.cause).toBe(cause);
      expect(verdict?.evidence).toContain(evidence);
      world.playback.end(owner, started.id);
      await expect(missing).rejects.toThrow();
    },
  );

  it('names the client when the film lies here and the player waits all the same', async () => {
    world.engine.deliver(world.film.metadata.infoHash);
    const { id } = await world.play();
    const waits = { isWaiting: true, lengthSeconds };
    const { verdict } = await world.playback.getState(owner, id, waits);
    expect(verdict?.cause).toBe('client');
    expect(verdict?.evidence).toContain('8 s of film lie ready');
  });
});
