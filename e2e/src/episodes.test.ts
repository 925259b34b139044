import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiClient, textAt } from './api-client.js';
import { accessibilityFaults, screenshot } from './browser.js';
import { Household, playsBeyond } from './household.js';
import { noteSecrets } from './secret-ledger.js';

const minute = 60_000;
// What the stand-in wants to be asked with.
const apiKey = 'demo-torznab-key-5f1c0d';
noteSecrets(apiKey);

/** A season in one torrent, found by a Torznab server, sent by a real seeder. */
describe('an episode out of a pack', () => {
  let home: Household;
  let api: ApiClient;
  let showId: string;

  beforeAll(async () => {
    home = await Household.open({
      environment: ({ environment, providers }) => ({
        ...environment,
        TORZNAB_URLS: `${providers.torznab.baseUrl}/api/v2.0/indexers/all/results/torznab/?apikey=${apiKey}`,
        LOG_LEVEL: 'info',
      }),
    });
    api = await home.signInByApi();
    const found = await api.get('/api/search?q=open%20reel');
    showId = textAt(found.body, 'items', 0, 'id');
    // The seasons come with the page of the series.
    await api.get(`/api/shows/${showId}`);
    await api.get(`/api/shows/${showId}/seasons/1`);
  }, 5 * minute);

  afterAll(() => home.close());

  it(
    'is the file that is named so, byte for byte, for each episode',
    async () => {
      for (const [number, path] of home.world.pack.episodePaths) {
        const sources = await api.get(`/api/shows/${showId}/seasons/1/episodes/${number}/sources`);
        expect(sources.body).toMatchObject({ items: [{ infoHash: home.world.pack.infoHash }] });
        const { status, body } = await api.post('/api/playback', {
          mediaId: showId,
          season: 1,
          episode: number,
        });
        expect(status).toBe(201);
        expect(textAt(body, 'state', 'file', 'name')).toContain(`S01E0${number}`);
        const bytes = await readFile(path);
        const url = textAt(body, 'url');
        expect((await api.bytes(url, 'bytes=0-299999')).equals(bytes.subarray(0, 300_000))).toBe(true);
        expect((await api.bytes(url, 'bytes=-5000')).equals(bytes.subarray(-5000))).toBe(true);
        await api.delete(`/api/playback/${textAt(body, 'id')}`);
      }
    },
    3 * minute,
  );

  it('is never another one: what the pack does not hold is refused with the reason', async () => {
    const answer = await api.post('/api/playback', { mediaId: showId, season: 1, episode: 3 });
    const told = JSON.stringify(answer.body);
    expect(told).toMatch(/it holds no file of season 1, episode 3|No indexer has a source/);
  });

  it(
    'is chosen from the sources of the episode in the browser, and plays',
    async () => {
      const page = await home.signedInScreen();
      await page.goto(`/shows/${showId}`);
      await page.getByRole('button', { name: 'Sources of 2. A Map of Small Rivers' }).click();
      const sheet = page.getByRole('dialog', { name: 'Sources of 2. A Map of Small Rivers' });
      await sheet.getByText(home.world.pack.torrentName).waitFor();
      await screenshot(page, 'episode-sources');
      expect(await accessibilityFaults(page)).toEqual([]);
      await sheet.getByRole('link', { name: `Play ${home.world.pack.torrentName}` }).click();
      await playsBeyond(page, 1);
      expect(home.complaints.list).toEqual([]);
    },
    3 * minute,
  );
});
