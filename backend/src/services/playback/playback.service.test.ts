import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { owner, type PlaybackWorld, startPlaybackWorld } from '../../test-support/playback-world.js';
import { aRelease } from '../../test-support/releases.js';
import { aSwarmFilm } from '../../test-support/swarm-film.js';
import type { Indexer } from '../source/indexer.port.js';
import { defaultCapabilities } from '../source/source-score.js';
import { StorageFullError } from '../storage/storage.errors.js';

describe('PlaybackService', () => {
  let world: PlaybackWorld;

  beforeEach(async () => {
    world = await startPlaybackWorld();
  });

  afterEach(() => world.stop());

  const never = new AbortController().signal;

  it('names the file and its type when the swarm describes the torrent at once', async () => {
    world.engine.deliver(world.film.metadata.infoHash);
    const started = await world.play();
    expect(started.mimeType).toBe('video/mp4');
    expect(started.state).toMatchObject({
      stage: 'ready',
      file: { index: 1, name: 'Film.2008.1080p.mp4', sizeBytes: 200_000 },
      downloadedBytes: 200_000,
    });
  });

  it('asks the configured trackers, and those of the magnet', async () => {
    world.engine.describe(world.film.metadata.infoHash);
    const magnet = `magnet:?xt=urn:btih:${world.film.metadata.infoHash}&tr=${encodeURIComponent('udp://own.example:1/announce')}`;
    await world.playback.play(owner, { kind: 'magnet', magnet }, defaultCapabilities);
    expect(world.engine.joined.get(world.film.metadata.infoHash)?.announce).toEqual([
      'udp://own.example:1/announce',
      'http://tracker.example/announce',
    ]);
  });

  it('answers while the swarm is silent, and says what it waits for', async () => {
    const started = await world.play();
    expect(started.mimeType).toBeNull();
    expect(started.state).toMatchObject({
      stage: 'finding-peers',
      message: 'Meeting peers, 3 heard of so far',
      file: null,
    });
    world.clock.now += 15_000;
    const state = await world.playback.getState(owner, started.id);
    expect(state).toMatchObject({ message: '3 peers heard of, none answers yet', elapsedSeconds: 15 });
  });

  it('opens the stream once the metadata arrives late', async () => {
    const started = await world.play();
    const opening = world.playback.openStream(started.grant, never);
    world.engine.describe(world.film.metadata.infoHash);
    await expect(opening).resolves.toMatchObject({ sizeBytes: 200_000, fileName: 'Film.2008.1080p.mp4' });
  });

  it('T22 refuses a torrent without a film, and leaves its swarm', async () => {
    const text = aSwarmFilm('text', 1000, 'readme.exe');
    world.engine.learn(text);
    world.engine.describe(text.metadata.infoHash);
    await expect(world.play(text)).rejects.toMatchObject({ code: 'torrent-unplayable' });
    await world.engine.left(text.metadata.infoHash);
  });

  it('calls a play failed when a late description holds no film', async () => {
    const text = aSwarmFilm('text', 1000, 'readme.txt');
    world.engine.learn(text);
    const started = await world.play(text);
    world.engine.describe(text.metadata.infoHash);
    await expect(world.playback.openStream(started.grant, never)).rejects.toMatchObject({
      code: 'torrent-unplayable',
    });
    expect(await world.playback.getState(owner, started.id)).toMatchObject({ stage: 'failed' });
  });

  it('keeps what the swarm described, for the next play', async () => {
    world.engine.describe(world.film.metadata.infoHash);
    await world.play();
    const { infoHash } = world.film.metadata;
    let stored = await world.storedTorrents.find(infoHash);
    while (!stored) stored = await world.storedTorrents.find(infoHash);
    expect(stored.name).toBe('Film');
  });

  it('T44 shows a play to nobody but its user', async () => {
    world.engine.describe(world.film.metadata.infoHash);
    const started = await world.play();
    const stranger = { userId: 'user-2', sessionId: 'session-2' };
    await expect(world.playback.getState(stranger, started.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(() => world.playback.end(stranger, started.id)).toThrow('not found');
    expect(() => world.playback.end(owner, started.id)).not.toThrow();
  });

  it('ends a stream that is being read when its play ends', async () => {
    world.engine.deliver(world.film.metadata.infoHash, 50_000);
    const started = await world.play();
    const stream = await world.playback.openStream(started.grant, never);
    const reading = (async () => {
      let bytes = 0;
      for await (const chunk of stream.read({ start: 0, end: 200_000 }, never)) bytes += chunk.length;
      return bytes;
    })();
    world.playback.end(owner, started.id);
    await expect(reading).rejects.toThrow();
    expect(world.engine.openReaders).toBe(0);
  });

  it('T38 ends the plays of a sign-in that is over', async () => {
    world.engine.describe(world.film.metadata.infoHash);
    const started = await world.play();
    world.rights.sessionsEnded(['session-1']);
    await expect(world.playback.openStream(started.grant, never)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('T46 a grant alone keeps nothing open: the player must renew it with its sign-in', async () => {
    world.engine.describe(world.film.metadata.infoHash);
    const started = await world.play();
    const opens = () => world.playback.openStream(started.grant, never);
    world.clock.now += 14 * 60_000;
    await world.playback.getState(owner, started.id);
    world.clock.now += 14 * 60_000;
    await opens();
    world.clock.now += 2 * 60_000;
    await expect(opens()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lets several plays of one film share its swarm, and leaves it after the last', async () => {
    world.engine.describe(world.film.metadata.infoHash);
    const first = await world.play();
    const second = await world.play();
    world.playback.end(owner, first.id);
    expect(await world.playback.getState(owner, second.id)).toMatchObject({ stage: expect.any(String) });
    expect(world.engine.removed).toEqual([]);
  });

  it('makes room for a new play by ending the oldest of that user', async () => {
    world.engine.describe(world.film.metadata.infoHash);
    const plays = [];
    for (let count = 0; count < 7; count += 1) plays.push(await world.play());
    const [oldest, next] = plays;
    await expect(world.playback.getState(owner, oldest?.id ?? '')).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(world.playback.getState(owner, next?.id ?? '')).resolves.toBeDefined();
  });

  it.each([
    ['a magnet that is none', { kind: 'magnet', magnet: 'http://x' } as const, 'magnet-invalid'],
    [
      'bytes that are no torrent',
      { kind: 'torrent-file', bytes: Buffer.from('nonsense') } as const,
      'torrent-invalid',
    ],
    ['a title nobody knows', { kind: 'media', mediaId: 'nothing' } as const, 'not-found'],
    ['a source nobody knows', { kind: 'source', sourceId: 'nothing' } as const, 'not-found'],
  ])('refuses %s', async (_name, request, code) => {
    await expect(world.playback.play(owner, request, defaultCapabilities)).rejects.toMatchObject({ code });
    expect(world.engine.joined.size).toBe(0);
  });

  it('says so when no indexer has the film', async () => {
    const { rows } = await world.media.getHome();
    const mediaId = rows[0]?.items[0]?.id ?? '';
    await expect(
      world.playback.play(owner, { kind: 'media', mediaId }, defaultCapabilities),
    ).rejects.toMatchObject({ code: 'no-sources' });
  });

  it('keeps what it plays in storage while it plays, and notes for whom', async () => {
    world.engine.deliver(world.film.metadata.infoHash);
    const { infoHash } = world.film.metadata;
    const first = await world.play();
    const second = await world.play();
    expect(world.storage.playing).toEqual([infoHash, infoHash]);
    expect(world.storage.admitted[0]).toMatchObject({ infoHash, userId: owner.userId, fileBytes: 200_000 });
    world.playback.end(owner, first.id);
    world.playback.end(owner, second.id);
    expect(world.storage.playing).toEqual([]);
  });

  it('has all of a film fetched that storage has room for, and of no other', async () => {
    const { infoHash } = world.film.metadata;
    world.engine.deliver(infoHash);
    await world.play();
    expect(world.engine.fetchedWhole).toEqual([{ infoHash, fileIndex: expect.any(Number) }]);
    world.storage.hasRoomForAll = false;
    await world.play();
    expect(world.engine.fetchedWhole).toHaveLength(1);
  });

  it('tells the engine of the reader to come before the player can ask for the stream', async () => {
    const { infoHash } = world.film.metadata;
    world.engine.deliver(infoHash);
    await world.play();
    expect(world.engine.expected).toEqual([infoHash]);
  });

  it('T21 refuses a play that storage has no room for, and holds on to nothing', async () => {
    world.engine.deliver(world.film.metadata.infoHash);
    world.storage.refusal = new StorageFullError(5e9, 1e9);
    await expect(world.play()).rejects.toMatchObject({ code: 'storage-full' });
    expect(world.storage.playing).toEqual([]);
    await world.engine.left(world.film.metadata.infoHash);
  });

  it('dials at once, the next time, the peers that served well', async () => {
    const { infoHash } = world.film.metadata;
    world.engine.servedBy = ['192.0.2.7:6881'];
    const started = await world.play();
    expect(world.engine.joined.get(infoHash)?.peers).toBeUndefined();
    world.playback.end(owner, started.id);
    await world.engine.left(infoHash);
    await world.play();
    expect(world.engine.joined.get(infoHash)?.peers).toEqual(['192.0.2.7:6881']);
  });

  it('names other sources when nobody comes for this one, and only then', async () => {
    const releases = ['a', 'b'].map((letter, at) =>
      aRelease({ infoHash: letter.repeat(40), seeders: 20 - at, title: 'Sintel (2010) 1080p WEB' }),
    );
    const slow: Indexer = {
      name: 'Test',
      search: () => Promise.resolve(releases),
      test: () => Promise.resolve(''),
      download: () => Promise.resolve(null),
    };
    const lonely = await startPlaybackWorld({ indexers: [slow] });
    const { rows } = await lonely.media.getHome();
    const mediaId = rows[0]?.items.find(({ title }) => title === 'Sintel')?.id ?? '';
    const started = await lonely.playback.play(owner, { kind: 'media', mediaId }, defaultCapabilities);
    lonely.clock.now += 5_000;
    expect(await lonely.playback.getState(owner, started.id)).toMatchObject({ peers: 0, alternatives: [] });
    lonely.clock.now += 8_000;
    const { alternatives } = await lonely.playback.getState(owner, started.id);
    expect(alternatives).toHaveLength(1);
    // Administrators look at plays, and choose no source for anybody.
    expect(await lonely.playback.listAllStates()).toMatchObject([{ state: { alternatives: [] } }]);
    const other = { kind: 'source', sourceId: alternatives[0] ?? '' } as const;
    const second = await lonely.playback.play(owner, other, defaultCapabilities);
    expect([...lonely.engine.joined.keys()].sort()).toEqual(['a'.repeat(40), 'b'.repeat(40)]);
    lonely.engine.deliver(lonely.film.metadata.infoHash);
    expect(await lonely.playback.getState(owner, second.id)).toMatchObject({ alternatives: [] });
    await lonely.stop();
  });

  it('doubts a file whose running time, once the player knows it, is far from that of the title', async () => {
    const sintel = await startPlaybackWorld({
      indexers: [
        {
          name: 'Test',
          search: () => Promise.resolve([aRelease({ title: 'Sintel (2010) 1080p WEB' })]),
          test: () => Promise.resolve(''),
          download: () => Promise.resolve(null),
        },
      ],
    });
    const { rows } = await sintel.media.getHome();
    const film = rows[0]?.items.find(({ title }) => title === 'Sintel');
    const request = { kind: 'media', mediaId: film?.id ?? '' } as const;
    const { id, state } = await sintel.playback.play(owner, request, defaultCapabilities);
    expect(state.lengthDoubt).toBeNull();
    const seconds = film?.runtimeSeconds ?? 0;
    const told = (lengthSeconds?: number) => sintel.playback.getState(owner, id, { lengthSeconds });
    expect(await told(seconds + 20)).toMatchObject({ lengthDoubt: null });
    expect(await told(3 * 3_600)).toMatchObject({ lengthDoubt: expect.stringMatching(/runs 3 h/) });
    expect(await told()).toMatchObject({ lengthDoubt: expect.stringMatching(/runs 3 h/) });
    await sintel.stop();
  });

  it('keeps a play whose player holds the stream open without reading on', async () => {
    world.engine.deliver(world.film.metadata.infoHash);
    const started = await world.play();
    const stream = await world.playback.openStream(started.grant, never);
    const reading = stream.read({ start: 0, end: 200_000 }, never)[Symbol.asyncIterator]();
    await reading.next();
    world.clock.now += 120_000;
    world.playback.endIdle();
    expect((await reading.next()).done).toBe(false);
    await reading.return?.();
    world.clock.now += 89_000;
    world.playback.endIdle();
    await expect(world.playback.openStream(started.grant, never)).resolves.toBeDefined();
    world.clock.now += 91_000;
    world.playback.endIdle();
    await expect(world.playback.openStream(started.grant, never)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('ends a play held open for a quarter of an hour that nobody signed in asked for', async () => {
    world.engine.deliver(world.film.metadata.infoHash);
    const started = await world.play();
    const stream = await world.playback.openStream(started.grant, never);
    await stream.read({ start: 0, end: 200_000 }, never)[Symbol.asyncIterator]().next();
    world.clock.now += 16 * 60_000;
    world.playback.endIdle();
    await world.engine.left(world.film.metadata.infoHash);
  });
});
