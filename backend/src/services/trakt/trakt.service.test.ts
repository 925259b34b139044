import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Movie } from '../../entities/movie.entity.js';
import { EpisodeRepository } from '../../repositories/episode.repository.js';
import { ShowRepository } from '../../repositories/show.repository.js';
import { SourceRepository } from '../../repositories/source.repository.js';
import { origin } from '../../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { aRelease } from '../../test-support/releases.js';
import { startTrakt, type TestTrakt } from '../../test-support/trakt-upstream.js';

let remote: TestTrakt;
let kinora: KinoraApi;
let film: Movie;
let token: string;
let ada: { userId: string; username: string; ageLimit: null };

const minute = 60_000;

beforeEach(async () => {
  remote = await startTrakt();
  kinora = await openKinoraApi({ traktConfig: remote.config });
  remote.now = () => kinora.clock.now;
  const signedIn = await kinora.signIn('ada', 'correct horse');
  const { user } = signedIn;
  token = signedIn.token;
  ada = { userId: user.id, username: 'ada', ageLimit: null };
  const home = await kinora.media.getHome();
  const shown = home.rows[0]?.items.find(({ title }) => title === 'Sintel');
  const found = await kinora.movies.findById(shown?.id ?? '');
  if (!found) throw new Error('no film');
  film = found;
});

afterEach(async () => {
  await kinora.dispose();
  await remote.stop();
});

const later = (ms: number) => (kinora.clock.now += ms);
const iso = (ms = 0) => new Date(kinora.clock.now + ms).toISOString();
const sintel = () => ({
  movie: { title: 'Sintel', year: 2010, ids: { trakt: 970000002, imdb: film.imdbId } },
});
const watcher = () => ({ userId: ada.userId, ageLimit: null, device: 'tv' });
const title = () => ({ mediaId: film.id, season: null, episode: null });
const plays = async () => {
  const { items } = await kinora.watchOverview.listHistory(ada, { page: 1, pageSize: 100 });
  return items;
};
const status = () => kinora.trakt.getStatus(ada);
const tell = () => kinora.trakt.tell(ada.userId);
const save = (positionSeconds: number, state: 'playing' | 'paused' | 'finished' = 'playing') =>
  kinora.watch.save(watcher(), {
    ...title(),
    positionSeconds,
    durationSeconds: 888,
    state,
    sitting: 'evening',
  });
const posts = (path: string) => remote.bodies.filter((call) => call.path === path).map(({ body }) => body);

/** A series of two episodes in the catalogue. */
async function openReelStories() {
  const [show] = await new ShowRepository(kinora.database).upsertMany([
    { tmdbId: 990_001, title: 'Open Reel Stories', year: 2019 },
  ]);
  const showId = show?.id ?? '';
  const rows = new EpisodeRepository(kinora.database);
  const unknown = { tmdbId: null, overview: '', airDate: null };
  await rows.upsertSeasons(showId, [{ ...unknown, number: 1, title: '', posterPath: null, episodeCount: 2 }]);
  const facts = { ...unknown, runtimeSeconds: 1_500, stillPath: null, rating: null, kind: null };
  await rows.upsertEpisodes(
    showId,
    1,
    [1, 2].map((number) => ({ ...facts, number, title: `Episode ${number}` })),
    new Date(kinora.clock.now),
  );
  return { showId, episodes: await rows.listAllEpisodes(showId) };
}

/** Linked, and everything read. */
async function link(): Promise<void> {
  await kinora.trakt.startLink(ada);
  expect(await kinora.trakt.pollLink(ada, origin)).toBe('linked');
  await kinora.trakt.sync(ada.userId);
}

describe('linking', () => {
  test('goes through the states of a device code, asked no faster than Trakt allows', async () => {
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('unknown');
    expect(await kinora.trakt.startLink(ada)).toMatchObject({ user_code: '77776C8D' });
    remote.device = 400;
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('pending');
    const asked = remote.calls.length;
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('pending');
    expect(remote.calls).toHaveLength(asked);
    later(5_000);
    remote.device = 429;
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('slow-down');
    later(6_000);
    remote.device = 200;
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('pending');
    later(4_000);
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('linked');
    expect(await status()).toMatchObject({ linked: true, username: 'fixture-user', status: 'linked' });
  });

  test.each([
    [404, 'unknown'],
    [409, 'used'],
    [410, 'expired'],
    [418, 'denied'],
  ] as const)('a code answered with %i is %s, and asked for no more', async (code, state) => {
    await kinora.trakt.startLink(ada);
    remote.device = code;
    expect(await kinora.trakt.pollLink(ada, origin)).toBe(state);
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('unknown');
  });

  test('a code that nobody types expires', async () => {
    await kinora.trakt.startLink(ada);
    later(601_000);
    expect(await kinora.trakt.pollLink(ada, origin)).toBe('expired');
  });

  test('keeps no token in the clear, and unlinking revokes it', async () => {
    await link();
    const stored = await kinora.traktAccounts.findAccount(ada.userId);
    expect(stored?.tokens).not.toMatch(/access|refresh|[0-9a-f]{8}-[0-9a-f]{4}/);
    await kinora.trakt.unlink(ada, origin);
    expect(remote.revoked).toHaveLength(1);
    expect(await status()).toMatchObject({ linked: false, waiting: { total: 0 } });
    expect(await kinora.actions()).toEqual(expect.arrayContaining(['trakt.linked', 'trakt.unlinked']));
  });

  test('many calls after the end of a token refresh it once, and the new one is stored before it is used', async () => {
    remote.add(sintel(), iso(-minute));
    await link();
    remote.expireTokens();
    remote.stamp += 1;
    await kinora.watch.mark(watcher(), title(), false);
    await Promise.all([kinora.trakt.sync(ada.userId), tell()]);
    expect(remote.refreshes).toBe(1);
    // A token near its end is replaced before anyone is refused.
    later(7 * 24 * 60 * minute);
    await kinora.trakt.sync(ada.userId);
    expect(remote.refreshes).toBe(2);
  });

  test('a spent refresh token asks the user to connect again, and what waits is told afterwards', async () => {
    await link();
    remote.forgetUser();
    await kinora.watch.mark(watcher(), title(), true);
    await tell();
    expect(await status()).toMatchObject({ status: 'reconnect', waiting: { total: 1 } });
    const asked = remote.calls.length;
    await tell();
    expect(remote.calls).toHaveLength(asked);
    await link();
    await tell();
    expect(remote.history).toHaveLength(1);
    expect(await status()).toMatchObject({ status: 'linked', trouble: null, waiting: { total: 0 } });
  });

  test('another account at Trakt begins anew: nothing of the one before is told to it or taken for its own', async () => {
    remote.add(sintel(), iso(-minute));
    await link();
    await kinora.watch.save(watcher(), {
      ...title(),
      positionSeconds: 10,
      durationSeconds: 888,
      state: 'playing',
    });
    expect((await status()).waiting.total).toBe(1);
    expect(await kinora.traktAccounts.countPlays(ada.userId)).toBe(1);
    remote.username = 'other-user';
    remote.history = [];
    await link();
    expect(await status()).toMatchObject({ username: 'other-user', waiting: { total: 0 } });
    expect(await kinora.traktAccounts.countPlays(ada.userId)).toBe(0);
    // What was watched stays here, and is not said to have been removed.
    expect(await plays()).toHaveLength(1);
    expect((await status()).decisions).toEqual([]);
  });

  test('the end of the link keeps what was watched, and forgets what was to be told', async () => {
    remote.add(sintel(), iso(-minute));
    await link();
    await kinora.watch.mark(watcher(), title(), false);
    await kinora.trakt.unlink(ada, origin);
    expect(remote.revoked).toHaveLength(1);
    expect(await kinora.traktAccounts.countPlays(ada.userId)).toBe(0);
    expect((await status()).waiting.total).toBe(0);
    expect(remote.history).toHaveLength(1);
  });

  test('a dead client id is said so, and nothing else breaks', async () => {
    await link();
    remote.clientIsDead = true;
    await expect(kinora.trakt.sync(ada.userId)).rejects.toMatchObject({ fault: 'client-refused' });
    await save(400);
    await tell();
    expect(await status()).toMatchObject({ status: 'client-refused', linked: true, waiting: { total: 1 } });
    expect((await status()).trouble).toMatch(/administrator/);
    remote.clientIsDead = false;
    later(61 * minute);
    await kinora.trakt.syncAll(AbortSignal.timeout(10_000));
    expect(await status()).toMatchObject({ status: 'linked', trouble: null });
  });
});

describe('reading', () => {
  test('takes over plays once, leaves out what has no id, and reads only what changed', async () => {
    remote.add(sintel(), iso(-60 * minute));
    remote.add(
      { movie: { title: 'Untitled', year: null, ids: { trakt: 99, imdb: null, tmdb: null } } },
      iso(-50 * minute),
    );
    remote.add({ type: 'person', person: {} }, iso(-40 * minute));
    await link();
    expect(await plays()).toMatchObject([{ mediaId: film.id, origin: 'trakt' }]);
    expect(await status()).toMatchObject({ progress: { phase: 'done', items: 1, skipped: 2 } });
    const asked = remote.calls.length;
    await kinora.trakt.sync(ada.userId);
    expect(remote.calls.slice(asked)).toEqual(['GET /sync/last_activities']);
    later(minute);
    remote.add({ movie: { title: 'New', year: 2020, ids: { trakt: 5, tmdb: 424_242 } } }, iso());
    await kinora.trakt.sync(ada.userId);
    expect((await plays()).map((play) => play.title.title)).toEqual(['New', 'Sintel']);
  });

  test('finds what was added long ago and what was removed there, by counting', async () => {
    remote.add(sintel(), iso(-minute));
    await link();
    later(minute);
    remote.add(
      { movie: { title: 'Old', year: 1927, ids: { trakt: 6, tmdb: 19 } } },
      '2001-01-01T00:00:00.000Z',
    );
    await kinora.trakt.sync(ada.userId);
    expect((await plays()).map((play) => play.title.title)).toEqual(['Sintel', 'Old']);
    later(minute);
    remote.history = remote.history.filter((row) => row.watched_at.startsWith('2001'));
    remote.stamp += 1;
    await kinora.trakt.sync(ada.userId);
    expect((await plays()).map((play) => play.title.title)).toEqual(['Old']);
    // It is not told back: Trakt knows.
    expect((await status()).waiting.total).toBe(0);
  });

  test('takes positions over; the later place counts, whoever told it', async () => {
    await save(100);
    later(10 * minute);
    const paused = { id: 1, progress: 50, paused_at: iso(), type: 'movie', ...sintel() };
    remote.playback = [paused];
    await link();
    const [item] = await kinora.watchOverview.listContinueWatching(ada);
    expect(item).toMatchObject({ mediaId: film.id, positionSeconds: 444 });
    remote.playback = [{ ...paused, id: 2, progress: 90, paused_at: iso(-30 * minute) }];
    remote.stamp += 1;
    await kinora.trakt.sync(ada.userId);
    expect(await kinora.watchOverview.resumeAt(ada.userId, { mediaId: film.id })).toBe(444);
    expect((await status()).decisions).toMatchObject([
      { rule: 'place', winner: 'here' },
      { rule: 'place', winner: 'trakt', title: { title: 'Sintel' } },
    ]);
  });

  test('a token that ends between two pages is replaced, and no page is read twice or left out', async () => {
    for (let day = 0; day < 250; day += 1) remote.add(sintel(), iso(-day * 24 * 60 * minute - minute));
    const pages = () => remote.calls.filter((call) => call.startsWith('GET /sync/history?')).length;
    let expired = false;
    remote.onCall = () => {
      if (pages() !== 2 || expired) return;
      expired = true;
      remote.expireTokens();
    };
    await link();
    expect(expired).toBe(true);
    expect(remote.refreshes).toBe(1);
    // Three pages, one of them asked for again with the new token.
    expect(pages()).toBe(4);
    expect((await status()).progress).toMatchObject({ phase: 'done', items: 250, received: 250 });
  });

  test('waits through a storm of 429, and leaves what takes longer to the next run', async () => {
    for (let day = 0; day < 250; day += 1) remote.add(sintel(), iso(-day * 24 * 60 * minute - minute));
    const storm = { status: 429, path: /history$/, headers: { 'retry-after': '2' } };
    remote.fail({ ...storm, times: 3 });
    await link();
    expect(await plays()).toHaveLength(100);
    expect(remote.history).toHaveLength(250);
    expect((await status()).progress).toMatchObject({ phase: 'done', items: 250, pages: 3 });
    remote.stamp += 1;
    remote.fail({ ...storm, times: 1, headers: { 'retry-after': '600' } });
    await expect(kinora.trakt.sync(ada.userId)).rejects.toMatchObject({ fault: 'rate-limited' });
    const asked = remote.calls.length;
    await kinora.trakt.syncAll(AbortSignal.timeout(10_000));
    expect(remote.calls).toHaveLength(asked);
    later(11 * minute);
    await kinora.trakt.syncAll(AbortSignal.timeout(10_000));
    expect(await status()).toMatchObject({ trouble: null, pausedUntil: null });
  });

  test('takes over episodes by the place they have in their show, and tells them so', async () => {
    const show = {
      title: 'Open Reel Stories',
      year: 2019,
      ids: { trakt: 990_001, tmdb: 990_001, imdb: null },
    };
    const episode = { season: 2, number: 1, title: 'Paper Boats', ids: { trakt: 990_401, imdb: null } };
    remote.add({ type: 'episode', episode, show }, iso(-minute));
    await link();
    const [play] = await plays();
    expect(play).toMatchObject({
      season: 2,
      episode: 1,
      title: { type: 'show', title: 'Open Reel Stories' },
    });
    later(minute);
    const ref = { mediaId: play?.mediaId ?? '', season: 2, episode: 2 };
    await kinora.watch.save(watcher(), {
      ...ref,
      positionSeconds: 300,
      durationSeconds: 1_500,
      state: 'playing',
    });
    await tell();
    expect(posts('/scrobble/start')).toMatchObject([
      { progress: 20, show: { ids: { trakt: 990_001 } }, episode: { season: 2, number: 2 } },
    ]);
  });

  test('a clock of theirs that is ahead puts nothing into the future, and that is said once', async () => {
    remote.add(sintel(), iso(3 * 24 * 60 * minute));
    await link();
    expect((await plays())[0]?.watchedAt.getTime()).toBeLessThanOrEqual(kinora.clock.now);
    later(minute);
    remote.stamp += 1;
    await kinora.trakt.sync(ada.userId);
    expect((await status()).decisions).toMatchObject([{ rule: 'clock', title: { title: 'Sintel' } }]);
    // What is done here now counts more than that.
    later(minute);
    await kinora.watch.mark(watcher(), title(), false);
    expect(await plays()).toEqual([]);
  });

  test('what was marked as not watched here after it was watched there is removed there, and shown', async () => {
    await save(400);
    await link();
    later(10 * minute);
    await kinora.watch.mark(watcher(), title(), false);
    later(minute);
    // Another player tells Trakt late.
    remote.add(sintel(), iso(-5 * minute));
    await kinora.trakt.sync(ada.userId);
    expect(await plays()).toEqual([]);
    expect((await status()).decisions).toMatchObject([
      { rule: 'unmarked', winner: 'here', title: { title: 'Sintel' } },
    ]);
    expect((await status()).waiting.items).toMatchObject([{ task: 'history-remove' }]);
    await tell();
    expect(remote.history).toEqual([]);
    later(minute);
    await kinora.trakt.sync(ada.userId);
    expect((await status()).decisions).toHaveLength(1);
    // What is watched there from now on counts.
    later(minute);
    remote.add(sintel(), iso());
    await kinora.trakt.sync(ada.userId);
    expect(await plays()).toHaveLength(1);
  });

  test('what was told from here and undone before it was read is no difference', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    await tell();
    later(minute);
    await kinora.watch.mark(watcher(), title(), false);
    // Read before the removal is told.
    await kinora.trakt.sync(ada.userId);
    expect((await status()).decisions).toEqual([]);
    expect((await status()).waiting.total).toBe(1);
    await tell();
    expect(remote.history).toEqual([]);
  });

  test('what was marked as not watched before the link takes nothing away at Trakt, and is shown', async () => {
    await save(400);
    remote.add(sintel(), iso(-60 * minute));
    later(minute);
    await kinora.watch.mark(watcher(), title(), false);
    later(minute);
    await link();
    await tell();
    expect(await plays()).toEqual([]);
    expect(remote.history).toHaveLength(1);
    expect((await status()).decisions).toMatchObject([{ rule: 'unmarked', winner: 'here' }]);
  });
});

describe('telling', () => {
  test('follows the player: start, pause, stop; and the play it becomes is not taken over a second time', async () => {
    await link();
    await save(10);
    await tell();
    later(10_000);
    await save(20);
    await tell();
    later(10_000);
    await save(450, 'paused');
    await tell();
    later(minute);
    await save(460);
    await tell();
    later(7 * minute);
    await save(880, 'finished');
    await tell();
    const scrobbles = remote.calls.filter((call) => call.includes('/scrobble/'));
    expect(scrobbles).toEqual([
      'POST /scrobble/start',
      'POST /scrobble/pause',
      'POST /scrobble/start',
      'POST /scrobble/stop',
    ]);
    expect(posts('/scrobble/pause')).toMatchObject([
      { progress: 50.68, movie: { ids: { imdb: film.imdbId } } },
    ]);
    await kinora.trakt.sync(ada.userId);
    expect(await plays()).toHaveLength(1);
    expect(remote.history).toHaveLength(1);
    expect((await status()).waiting.total).toBe(0);
  });

  test('an episode played from a release chosen by hand is told as that episode', async () => {
    const { episodes, showId } = await openReelStories();
    const [, second] = episodes;
    const release = aRelease({ infoHash: 'b'.repeat(40), title: 'Open.Reel.Stories.S01.1080p.WEB.x264.AAC' });
    const { imdbId: _, ...facts } = release;
    const [source] = await new SourceRepository(kinora.database).takeIn(
      { kind: 'episode', id: second?.id ?? '' },
      [{ ...facts, announce: [], webSeeds: [], indexer: 'Indexer', indexers: ['Indexer'], links: [] }],
    );
    await link();
    const call = async (method: string, path: string, body: object) => {
      const answer = await kinora.request(method, path, { token, body });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const chosen = { sourceId: source?.id, mediaId: showId, season: 1, episode: 2 };
    expect((await call('POST', '/api/playback', { ...chosen, episode: 1 })).status).toBe(404);
    const play = await call('POST', '/api/playback', chosen);
    expect(play).toMatchObject({ status: 201, body: { state: { mediaId: showId, season: 1, episode: 2 } } });
    const progress = { positionSeconds: 300, durationSeconds: 1_500 };
    expect((await call('PUT', `/api/progress/${showId}`, progress)).status).toBe(400);
    const batch = { sentAt: iso(), saves: [{ ...progress, mediaId: showId, id: 'save-one', at: iso() }] };
    expect((await call('POST', '/api/progress', batch)).body).toEqual({ accepted: [] });
    await call('PUT', `/api/progress/${showId}`, { ...progress, season: 1, episode: 2 });
    await tell();
    expect(posts('/scrobble/start')).toMatchObject([
      { progress: 20, show: { ids: { tmdb: 990_001 } }, episode: { season: 1, number: 2 } },
    ]);
    expect(await kinora.watchOverview.listContinueWatching(ada)).toMatchObject([
      { mediaId: showId, season: 1, episode: 2, reason: 'resume' },
    ]);
  });

  test('a play that an older version kept for a series without its episode is never told as a film', async () => {
    const { showId } = await openReelStories();
    await link();
    const at = new Date(kinora.clock.now);
    const entry = { userId: ada.userId, mediaId: showId, titleKey: showId, season: null, episode: null };
    const task = { action: null, progress: null, reference: 'old-event', task: 'history-add' } as const;
    await kinora.traktOutbox.add([
      { ...entry, ...task, id: 'old', at, state: 'waiting', attempts: 0, dueAt: at, reason: null },
    ]);
    await tell();
    expect(posts('/sync/history')).toEqual([]);
    expect((await status()).waiting.items).toMatchObject([
      { state: 'given-up', reason: 'It does not say which episode was watched.' },
    ]);
  });

  test('tells marks and their removal, and an undoing restores what was there', async () => {
    await link();
    const marked = await kinora.watch.mark(watcher(), title(), true);
    await tell();
    expect(remote.history).toHaveLength(1);
    later(minute);
    await kinora.trakt.sync(ada.userId);
    expect(await plays()).toHaveLength(1);
    const undone = await kinora.watch.undo(watcher(), marked.changeId);
    later(minute);
    await tell();
    expect(await plays()).toEqual([]);
    expect(remote.history).toHaveLength(0);
    await kinora.trakt.sync(ada.userId);
    const [before] = posts('/sync/history');
    await kinora.watch.undo(watcher(), undone.changeId);
    later(minute);
    await tell();
    expect(remote.history).toHaveLength(1);
    // With the moment it had.
    expect(posts('/sync/history')[1]).toEqual(before);
    await kinora.trakt.sync(ada.userId);
    expect(await plays()).toHaveLength(1);
  });

  test('what is taken back before it was told is not told at all', async () => {
    await link();
    const { changeId } = await kinora.watch.mark(watcher(), title(), true);
    await kinora.watch.undo(watcher(), changeId);
    await tell();
    expect(remote.bodies.filter(({ path }) => path.startsWith('/sync/history'))).toEqual([]);
  });

  test('409 on a stop is success', async () => {
    await link();
    await save(880, 'finished');
    remote.add(sintel(), iso(), 'scrobble');
    await tell();
    expect((await status()).waiting.total).toBe(0);
    expect(remote.history).toHaveLength(1);
  });

  test('a play whose answer was lost is looked up, not sent again', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    remote.fail({ status: 502, path: /^\/sync\/history$/, times: 1, afterwards: true });
    await tell();
    expect(await status()).toMatchObject({ waiting: { items: [{ state: 'sending', attempts: 1 }] } });
    later(5 * minute);
    await tell();
    expect(remote.history).toHaveLength(1);
    expect((await status()).waiting.total).toBe(0);
  });

  test('a play that may have arrived is looked up first, also after Trakt refused to be asked', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    remote.fail({ status: 502, path: /^\/sync\/history$/, times: 1, afterwards: true });
    await tell();
    later(5 * minute);
    remote.fail({ status: 429, path: /^\/sync\/history$/, times: 1, headers: { 'retry-after': '5' } });
    await tell();
    expect((await status()).waiting.items).toMatchObject([{ state: 'sending' }]);
    later(minute);
    await tell();
    expect(remote.history).toHaveLength(1);
    expect((await status()).waiting.total).toBe(0);
  });

  test('a play that did not arrive is sent again after a while', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    remote.fail({ status: 503, path: /^\/sync\/history$/, times: 1 });
    await tell();
    await tell();
    expect(remote.history).toHaveLength(0);
    later(5 * minute);
    await tell();
    expect(remote.history).toHaveLength(1);
  });

  test('a crash while it is sent leaves one play', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    await tell();
    expect(remote.history).toHaveLength(1);
    // As it lay in the database when the process ended between the sending and the noting of the answer.
    const [sent] = remote.history;
    await kinora.watch.removePlay(watcher(), (await plays())[0]?.id ?? '');
    const at = new Date(Math.floor(kinora.clock.now / 1000) * 1000);
    expect(sent?.watched_at).toBe(at.toISOString());
    const { items } = await kinora.traktOutbox.list(ada.userId, 10);
    await kinora.traktOutbox.change(
      items.map(({ id }) => id),
      { task: 'history-add', state: 'sending', at },
    );
    await tell();
    expect(remote.history).toHaveLength(1);
  });

  test('waits while the account is full, says why, and goes on with the rest', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    remote.fail({ status: 420, path: /^\/sync\/history$/, times: 1, headers: { 'x-account-limit': '250' } });
    await tell();
    const { waiting } = await status();
    expect(waiting.items[0]?.reason).toMatch(/limit of your Trakt account/);
    await save(100);
    await tell();
    expect(remote.calls).toContain('POST /scrobble/start');
    later(7 * 60 * minute);
    await tell();
    expect(remote.history).toHaveLength(1);
  });

  test('keeps quiet after 429 for as long as it was told', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    remote.fail({ status: 429, path: /history$/, times: 1, headers: { 'retry-after': '120' } });
    await tell();
    const asked = remote.calls.length;
    later(minute);
    await tell();
    expect(remote.calls).toHaveLength(asked);
    later(2 * minute);
    await tell();
    expect(remote.history).toHaveLength(1);
  });

  test('a locked account is left alone', async () => {
    await link();
    await kinora.watch.mark(watcher(), title(), true);
    remote.fail({ status: 423, path: /history$/, times: 1 });
    await tell();
    expect(await status()).toMatchObject({ status: 'locked', waiting: { total: 1 } });
  });

  test('of many plays told together the ones Trakt does not know are given up and shown, the others are told', async () => {
    const home = await kinora.media.getHome();
    const other = home.rows[0]?.items.find(({ title: name }) => name !== 'Sintel');
    await link();
    remote.unknown = [{ imdb: film.imdbId }];
    await kinora.watch.mark(watcher(), title(), true);
    await kinora.watch.mark(watcher(), { ...title(), mediaId: other?.id ?? '' }, true);
    await tell();
    expect(remote.history).toHaveLength(1);
    expect((await status()).waiting).toMatchObject({
      total: 1,
      items: [{ state: 'given-up', reason: 'Trakt does not know this title.', title: { title: 'Sintel' } }],
    });
  });

  test('what Trakt does not know is given up and shown', async () => {
    await link();
    await save(100);
    remote.fail({ status: 404, path: /scrobble/, times: 1 });
    await tell();
    expect((await status()).waiting.items).toMatchObject([{ state: 'given-up', title: { title: 'Sintel' } }]);
  });

  test('an evening that is told late is told with its own time', async () => {
    await link();
    await save(880, 'finished');
    const at = iso();
    later(3 * 60 * minute);
    await tell();
    expect(remote.history.map(({ watched_at }) => watched_at)).toEqual([at]);
  });

  test('the first link tells what was watched here before, and nothing that Trakt knows', async () => {
    await kinora.watch.mark(watcher(), title(), true);
    remote.add(sintel(), iso(2_000));
    const home = await kinora.media.getHome();
    const shown = home.rows[0]?.items.find(({ id }) => id !== film.id);
    const other = await kinora.movies.findById(shown?.id ?? '');
    await kinora.watch.mark(watcher(), { ...title(), mediaId: other?.id ?? '' }, true);
    later(minute);
    await link();
    await tell();
    expect(posts('/sync/history')).toMatchObject([{ movies: [{ ids: { imdb: other?.imdbId } }] }]);
    expect(await plays()).toHaveLength(2);
  });
});

test('a long history is read page by page, and goes on after an end in the middle', async () => {
  const films = 500;
  for (let index = 0; index < 5_000; index += 1) {
    const number = index % films;
    const ids = { trakt: number + 1, tmdb: 500_000 + number, imdb: null };
    remote.add({ movie: { title: `Film ${number}`, year: 1990, ids } }, iso(-index * 60 * minute - minute));
  }
  remote.largestPage = 250;
  const pages = () => remote.calls.filter((call) => call.startsWith('GET /sync/history?')).length;
  await kinora.trakt.startLink(ada);
  // The reading that a link begins comes to its end at the eleventh page, as with a crash.
  remote.onCall = () => pages() > 10 && remote.fail({ status: 400, path: /history$/, times: 1 });
  await kinora.trakt.pollLink(ada, origin);
  await expect(kinora.trakt.sync(ada.userId)).rejects.toThrow();
  remote.onCall = () => undefined;
  remote.failures = [];
  expect((await status()).progress).toMatchObject({ phase: 'history', page: 10, pages: 20, items: 2_500 });
  await kinora.trakt.sync(ada.userId);
  expect((await status()).progress).toMatchObject({ phase: 'done', items: 5_000, received: 5_000 });
  expect((await kinora.watchOverview.listHistory(ada, { page: 1, pageSize: 1 })).total).toBe(5_000);
  // Ten pages, the one that failed, and the rest: none is read again.
  expect(pages()).toBe(21);
}, 240_000);
