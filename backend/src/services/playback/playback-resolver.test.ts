import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { EpisodeRepository } from '../../repositories/episode.repository.js';
import { ShowRepository } from '../../repositories/show.repository.js';
import { openTestDatabase } from '../../test-support/database.js';
import { aRelease } from '../../test-support/releases.js';
import { createTestSources } from '../../test-support/test-sources.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { createCatalogue } from '../media/catalogue.js';
import { OpenFilmsMetadataProvider } from '../media/open-films/open-films.metadata-provider.js';
import type { FoundRelease, Indexer, WantedTitle } from '../source/indexer.port.js';
import { defaultCapabilities } from '../source/source-score.js';
import { SourceTitles } from '../source/source-titles.js';
import { fileOfPlay } from './file-of-play.js';
import { PlaybackResolver } from './playback-resolver.js';

const pack = aRelease({ infoHash: 'b'.repeat(40), title: 'Open.Reel.Stories.S01.1080p.WEB.x264.AAC' });
const other = aRelease({ infoHash: 'c'.repeat(40), title: 'Open.Reel.Stories.S01E01.1080p.WEB.x264.AAC' });

const anyone = { ageLimit: null, language: null };

describe('an episode', () => {
  let resolver: PlaybackResolver;
  let dispose: () => Promise<void>;
  let showId: string;
  let minimumAge: number | null;
  let asked: WantedTitle[];
  let found: FoundRelease[] | null;
  let paused: string | null;

  beforeEach(async () => {
    const { database, dispose: end } = await openTestDatabase();
    dispose = end;
    asked = [];
    found = [pack, other];
    minimumAge = 12;
    const indexer: Indexer = {
      name: 'Indexer',
      search: (title): Promise<FoundRelease[]> => {
        asked.push(title);
        return found ? Promise.resolve(found) : Promise.reject(new Error('not asked'));
      },
      test: () => Promise.resolve('it answers'),
      download: () => Promise.resolve(null),
    };
    const [show] = await new ShowRepository(database).upsertMany([
      {
        tmdbId: 990001,
        title: 'Open Reel Stories',
        year: 2019,
        imdbId: 'tt9900010',
        aliases: ['Hiraita Riiru'],
        originCountries: ['GB'],
        minimumAge,
        runtimeSeconds: 600,
      },
    ]);
    showId = show?.id ?? '';
    const episodes = new EpisodeRepository(database);
    await episodes.upsertSeasons(showId, [
      { number: 1, tmdbId: null, title: '', overview: '', posterPath: null, episodeCount: 2, airDate: null },
    ]);
    await episodes.upsertEpisodes(
      showId,
      1,
      [1, 2].map((number) => ({
        number,
        title: `Episode ${number}`,
        overview: '',
        airDate: '2019-03-02',
        tmdbId: null,
        runtimeSeconds: null,
        stillPath: null,
        rating: null,
        kind: null,
      })),
      new Date(),
    );
    const cache = new Cache({ stores: [memoryStore({ maxEntries: 100 })] });
    const provider = new OpenFilmsMetadataProvider();
    const { media, shows } = createCatalogue({ provider, database, cache, logger: silentLogger() });
    const { service, metadata } = createTestSources(database, [indexer]);
    paused = null;
    resolver = new PlaybackResolver(new SourceTitles(media, shows), service, metadata, () => paused);
  });
  afterEach(() => dispose());

  const episode = (number: number) => ({
    kind: 'media' as const,
    mediaId: showId,
    place: { season: 1, episode: number },
  });

  it('is found in the pack of its season, and not in another episode', async () => {
    const played = await resolver.resolve(episode(2), defaultCapabilities, anyone);
    expect(played).toMatchObject({
      title: 'Open Reel Stories S1 E2',
      mediaId: showId,
      place: { season: 1, episode: 2 },
      torrent: { infoHash: pack.infoHash },
    });
    expect(asked).toMatchObject([
      {
        imdbId: 'tt9900010',
        aliases: ['Hiraita Riiru'],
        originCountries: ['GB'],
        episode: { season: 1, number: 2, absolute: 2 },
      },
    ]);
  });

  it('is played again by its source', async () => {
    const { source } = await resolver.resolve(episode(1), defaultCapabilities, anyone);
    const again = await resolver.resolve(
      { kind: 'source', sourceId: source?.id ?? '' },
      defaultCapabilities,
      anyone,
    );
    expect(again).toMatchObject({ mediaId: showId, place: { season: 1, episode: 1 } });
  });

  it('is the one a chosen release was listed for, and the release of another title is refused', async () => {
    const { source } = await resolver.resolve(episode(1), defaultCapabilities, anyone);
    const chosen = (place: { season: number; episode: number } | null) =>
      resolver.resolve(
        { kind: 'source', sourceId: source?.id ?? '', chosenFor: { mediaId: showId, place } },
        defaultCapabilities,
        anyone,
      );
    expect(await chosen({ season: 1, episode: 1 })).toMatchObject({
      mediaId: showId,
      place: { season: 1, episode: 1 },
    });
    await expect(chosen({ season: 1, episode: 2 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(chosen(null)).rejects.toMatchObject({ code: 'not-found' });
  });

  it("is played from the release that the list has first for the account's language", async () => {
    found = [
      aRelease({
        infoHash: 'd'.repeat(40),
        title: 'Open.Reel.Stories.S01E01.1080p.WEB.x264.AAC',
        seeders: 90,
      }),
      aRelease({
        infoHash: 'e'.repeat(40),
        title: 'Open.Reel.Stories.S01E01.GERMAN.1080p.WEB.x264.AAC',
        seeders: 90,
      }),
    ];
    const german = { ageLimit: null, language: 'de-AT' };
    const played = await resolver.resolve(episode(1), defaultCapabilities, german);
    expect(played.torrent.infoHash).toBe('e'.repeat(40));
    const others = await resolver.listOthers(
      { mediaId: showId, place: { season: 1, episode: 1 }, infoHash: 'x', capabilities: defaultCapabilities },
      german,
    );
    expect(others[0]).toBe(played.source?.id);
    expect((await resolver.resolve(episode(1), defaultCapabilities, anyone)).torrent.infoHash).toBe(
      'd'.repeat(40),
    );
  });

  it('has no source when indexers say so; when they may not be asked, it waits for the VPN', async () => {
    found = null;
    await expect(resolver.resolve(episode(1), defaultCapabilities, anyone)).rejects.toMatchObject({
      code: 'no-sources',
    });
    paused = 'tun0 is down or does not exist.';
    await expect(resolver.resolve(episode(1), defaultCapabilities, anyone)).rejects.toMatchObject({
      code: 'network-closed',
      message:
        'Indexers are not asked for "Open Reel Stories S1 E1" without the VPN. tun0 is down or does not exist.',
    });
    found = [pack];
    await expect(resolver.resolve(episode(1), defaultCapabilities, anyone)).resolves.toMatchObject({
      torrent: { infoHash: pack.infoHash },
    });
  });

  it('is not there for whom the series is not meant, nor when nobody knows it', async () => {
    await expect(
      resolver.resolve(episode(1), defaultCapabilities, { ...anyone, ageLimit: 6 }),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(resolver.resolve(episode(9), defaultCapabilities, anyone)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is the file of a torrent that is named so, or none', () => {
    const files = ['Open.Reel.Stories.S01E01.mkv', 'Open.Reel.Stories.S01E02.mkv'].map((name, index) => ({
      index,
      name,
      path: name,
      length: 1_000 - index,
      offset: index * 1_000,
    }));
    const wanted = (number: number) => ({
      fileIndex: undefined,
      episode: { season: 1, number, absolute: null, airDate: null },
    });
    expect(fileOfPlay({ files }, wanted(2)).index).toBe(1);
    expect(() => fileOfPlay({ files }, wanted(3))).toThrow(/no file of season 1, episode 3/);
    expect(fileOfPlay({ files }, { ...wanted(3), fileIndex: 0 }).index).toBe(0);
  });
});
