import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Source } from '../../entities/source.entity.js';
import { silentLogger } from '../../logging/logger.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { SourceRepository } from '../../repositories/source.repository.js';
import { StoredTorrentRepository } from '../../repositories/stored-torrent.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { aRelease } from '../../test-support/releases.js';
import { createTestSources } from '../../test-support/test-sources.js';
import { bencode } from '../torrent/__fixtures__/bencode-writer.js';
import { parseTorrentFile } from '../torrent/torrent-file.js';
import type { FoundRelease, Indexer } from './indexer.port.js';
import { TorrentMetadataService } from './torrent-metadata.service.js';

const minute = 60_000;
const torrentOf = (name: string) =>
  bencode({ info: { length: 40_000, name, 'piece length': 16_384, pieces: Buffer.alloc(60) } });
const film = torrentOf('Sintel.2010.mp4');
const other = torrentOf('Other.mp4');
const archive = torrentOf('Sintel.2010.rar');
const hashOf = (bytes: Uint8Array) => parseTorrentFile(bytes).infoHash;
const linked = (bytes: Uint8Array, url = 'http://indexer.example/1'): FoundRelease =>
  aRelease({ infoHash: hashOf(bytes), torrentUrl: url });

describe('TorrentMetadataService', () => {
  let test: TestDatabase;
  let rows: SourceRepository;
  let stored: StoredTorrentRepository;
  let links: Map<string, () => Promise<Uint8Array | null>>;
  let followed: string[];
  let swarm: Map<string, Uint8Array | null>;
  let asked: string[];
  let now: number;
  let service: TorrentMetadataService;

  beforeAll(async () => {
    test = await openTestDatabase();
    rows = new SourceRepository(test.database);
    stored = new StoredTorrentRepository(test.database);
  });
  afterAll(() => test.dispose());
  beforeEach(async () => {
    await test.database.write(async (manager) => {
      await manager.query('DELETE FROM movies');
      await manager.query('DELETE FROM stored_torrents');
    });
    links = new Map();
    swarm = new Map();
    [followed, asked, now] = [[], [], 0];
    service = make();
  });

  const indexerWith = (...releases: FoundRelease[]): Indexer => ({
    name: 'A',
    search: () => Promise.resolve(releases),
    test: () => Promise.resolve('Answers'),
    download: (url) => {
      followed.push(url);
      return links.get(url)?.() ?? Promise.resolve(null);
    },
  });
  const make = () =>
    new TorrentMetadataService({
      storedTorrents: stored,
      sources: rows,
      findIndexer: (name) => Promise.resolve(name === 'A' ? indexerWith() : null),
      swarm: {
        describe: ({ infoHash }) => {
          asked.push(infoHash);
          return Promise.resolve(swarm.get(infoHash) ?? null);
        },
      },
      logger: silentLogger(),
      now: () => now,
    });
  /** As a search finds and keeps them, best first. */
  const found = async (...releases: FoundRelease[]): Promise<Source[]> => {
    const movies = new MovieRepository(test.database);
    const [movie] = await movies.upsertMany([{ title: 'Sintel', year: 2010, imdbId: 'tt1727587' }]);
    if (!movie) throw new Error('not stored');
    const { items } = await createTestSources(test.database, [indexerWith(...releases)]).service.list(movie);
    return releases.map(({ infoHash }) => items.find((item) => item.infoHash === infoHash) ?? fail(infoHash));
  };
  const answers = (url: string, bytes: Uint8Array | null) => links.set(url, () => Promise.resolve(bytes));
  /** Waits until everything asked for so far has been described, or not. */
  const prepared = async (...given: Parameters<TorrentMetadataService['prepare']>) => {
    service.prepare(...given);
    await service.settled();
  };

  it("takes the .torrent file of the indexer's link once and keeps it", async () => {
    const [source] = await found(linked(film));
    answers('http://indexer.example/1', film);
    const both = await Promise.all([
      service.fromLink(source ?? fail('none')),
      service.fromLink(source ?? fail('none')),
    ]);
    expect(both.map((bytes) => Buffer.from(bytes ?? []))).toEqual([film, film]);
    await service.fromLink(source ?? fail('none'));
    expect(followed).toEqual(['http://indexer.example/1']);
    expect(await service.describedAmong([hashOf(film), hashOf(other)])).toEqual(new Set([hashOf(film)]));
  });

  it.each<[string, Uint8Array | null]>([
    ['another torrent', other],
    ['what is no torrent', Buffer.from('d4:infode')],
    ['a page', Buffer.from('<html>')],
    ['nothing', null],
  ])('keeps nothing when a link leads to %s, and leaves it alone for a while', async (_name, bytes) => {
    const [source] = await found(linked(film));
    answers('http://indexer.example/1', bytes);
    const ask = () => service.fromLink(source ?? fail('none'));
    expect(await ask()).toBeNull();
    answers('http://indexer.example/1', film);
    now += 19 * minute;
    expect(await ask()).toBeNull();
    expect(followed).toHaveLength(1);
    now += 2 * minute;
    expect(Buffer.from((await ask()) ?? [])).toEqual(film);
  });

  it('gives up waiting for a slow link, and has its file later', async () => {
    const [source] = await found(linked(film));
    let release = (_: Uint8Array): void => undefined;
    links.set('http://indexer.example/1', () => new Promise((resolve) => (release = resolve)));
    expect(await service.fromLink(source ?? fail('none'), 20)).toBeNull();
    const later = service.fromLink(source ?? fail('none'));
    release(film);
    expect(Buffer.from((await later) ?? [])).toEqual(film);
  });

  it('asks swarms only when no link describes one of the best, and then until one answers', async () => {
    const [a, b] = await found(linked(film), linked(other, 'http://indexer.example/2'));
    answers('http://indexer.example/2', other);
    await prepared(
      [a, b].filter((one) => one !== undefined),
      null,
    );
    expect(asked).toEqual([]);
    await test.database.write((manager) => manager.query('DELETE FROM stored_torrents'));
    links.clear();
    service = make();
    swarm.set(hashOf(film), film).set(hashOf(other), other);
    await prepared(
      [a, b].filter((one) => one !== undefined),
      null,
    );
    expect(asked).toEqual([hashOf(film)]);
    expect(await service.describedAmong([hashOf(film)])).toEqual(new Set([hashOf(film)]));
  });

  it('does not believe a swarm more than a link', async () => {
    const [source] = await found(aRelease({ infoHash: hashOf(film) }));
    swarm.set(hashOf(film), other);
    await prepared([source ?? fail('none')], null);
    expect(await service.describedAmong([hashOf(film), hashOf(other)])).toEqual(new Set());
  });

  it('refuses a source by what its torrent holds, and offers it no more', async () => {
    const [source] = await found(linked(archive));
    answers('http://indexer.example/1', archive);
    await prepared([source ?? fail('none')], null);
    expect(await rows.findById(source?.id ?? '')).toMatchObject({
      refusal: 'it holds archives instead of a video',
    });
  });

  it('looks at the best three of the last twenty titles, the latest first', async () => {
    const sources = await found(linked(film));
    const [source] = sources;
    let first = (): void => undefined;
    links.set('http://indexer.example/1', () => new Promise((resolve) => (first = () => resolve(null))));
    const named = (name: string) => ({
      id: 'x',
      infoHash: Buffer.from(name.padEnd(20, '-')).toString('hex'),
      links: [{ indexer: 'A', url: `http://indexer.example/${name}` }],
      announce: [],
    });
    service.prepare([source ?? fail('none')], null);
    for (let title = 0; title < 25; title++)
      service.prepare(
        ['a', 'b', 'c', 'd'].map((name) => named(`${title}${name}`)),
        null,
      );
    await waitFor(() => followed.length === 1);
    first();
    await service.settled();
    const names = followed.slice(1).map((url) => url.split('/').at(-1));
    expect(names.slice(0, 3).sort()).toEqual(['24a', '24b', '24c']);
    expect(names).toHaveLength(60);
    expect(names).not.toContain('4a');
  });

  it('stops at once, whatever it waits for', async () => {
    const [source] = await found(linked(film));
    links.set('http://indexer.example/1', () => new Promise(() => undefined));
    service = new TorrentMetadataService({
      storedTorrents: stored,
      sources: rows,
      findIndexer: () =>
        Promise.resolve({
          ...indexerWith(),
          download: (_url, { signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
            }),
        }),
      swarm: { describe: () => Promise.resolve(null) },
      logger: silentLogger(),
    });
    service.prepare([source ?? fail('none')], null);
    await service.stop();
    service.prepare([source ?? fail('none')], null);
    expect(await service.describedAmong([hashOf(film)])).toEqual(new Set());
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function fail(what: string): never {
  throw new Error(`not there: ${what}`);
}
