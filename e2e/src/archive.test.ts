import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiClient, textAt } from './api-client.js';
import { accessibilityFaults, screenshot } from './browser.js';
import { Household, playsBeyond } from './household.js';

const minute = 60_000;

/** A server as it is installed, without any key: what it has is at the Internet Archive, whose torrents have no peer. */
describe('a film of the Internet Archive', () => {
  let home: Household;
  let api: ApiClient;
  let filmId: string;
  let bytes: Buffer;

  beforeAll(async () => {
    home = await Household.open({
      environment: ({ environment: { ARCHIVE_API_URL = '', INDEXER_ALLOWED_HOSTS = '' } }) => ({
        ...{ ARCHIVE_API_URL, INDEXER_ALLOWED_HOSTS, TORRENT_DHT: 'off', LOG_LEVEL: 'info' },
      }),
    });
    api = await home.signInByApi();
    bytes = await readFile(home.world.archiveItem.filePath);
  }, 5 * minute);

  afterAll(() => home.close());

  it(
    'is found, and its best source is the server that has it all',
    async () => {
      // The list of films is fetched soon after the first start; here at once.
      expect((await api.post('/api/admin/jobs/archive-catalogue/run', {})).status).toBeLessThan(300);
      let found = await api.get('/api/search?q=charade');
      while (isEmpty(found.body)) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        found = await api.get('/api/search?q=charade');
      }
      filmId = textAt(found.body, 'items', 0, 'id');
      const sources = await api.get(`/api/movies/${filmId}/sources`);
      expect(sources.body).toMatchObject({
        items: [
          {
            indexer: 'Internet Archive',
            infoHash: home.world.archiveItem.infoHash,
            reasons: expect.arrayContaining(['from a server that has it all', 'plays directly']),
          },
        ],
        notes: [],
      });
    },
    2 * minute,
  );

  it(
    'plays byte for byte, from web seeds alone',
    async () => {
      const { status, body } = await api.post('/api/playback', { mediaId: filmId });
      expect([status, textAt(body, 'mimeType')]).toEqual([201, 'video/mp4']);
      const url = textAt(body, 'url');
      // Its index lies at the end; a seek is another request.
      expect((await api.bytes(url, 'bytes=-5000')).equals(bytes.subarray(-5000))).toBe(true);
      const from = Math.floor(bytes.length / 2);
      const middle = await api.bytes(url, `bytes=${from}-${from + 99_999}`);
      expect(middle.equals(bytes.subarray(from, from + 100_000))).toBe(true);
      const whole = await api.bytes(url);
      expect(sha256(whole)).toBe(sha256(bytes));
      const state = await api.get(`/api/playback/${textAt(body, 'id')}`);
      expect(state.body).toMatchObject({ peers: 0, message: expect.stringMatching(/server/) });
      const asked = home.world.providers.archive.requests.filter(({ path }) => path.endsWith('/Charade.mp4'));
      // Long stretches, not blocks of 16 KiB.
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.length).toBeLessThan(bytes.length / (8 * 16 * 1024));
      expect(await api.delete(`/api/playback/${textAt(body, 'id')}`)).toMatchObject({ status: 204 });
    },
    3 * minute,
  );

  it(
    'plays from its page in the browser',
    async () => {
      const page = await home.signedInScreen();
      await page.goto(`/movies/${filmId}`);
      await page.getByRole('heading', { level: 1, name: 'Charade' }).waitFor();
      await page.getByText(/From a server that has it all|from a server that has it all/).waitFor();
      await screenshot(page, 'archive-film');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('link', { name: 'Play', exact: true }).click();
      await playsBeyond(page, 1);
      expect(home.complaints.list).toEqual([]);
    },
    3 * minute,
  );

  it('says on the page that the Archive is switched off, when it is', async () => {
    const { body } = await api.get('/api/admin/indexers');
    expect(body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: 'internet-archive', enabled: true })]),
    });
    expect(await api.patch('/api/admin/indexers/internet-archive', { enabled: false })).toMatchObject({
      status: 200,
    });
    const sources = await api.get(`/api/movies/${filmId}/sources`);
    expect(sources.body).toMatchObject({
      items: [],
      notes: [expect.stringContaining('an administrator has switched it off')],
    });
  });
});

function isEmpty(body: unknown): boolean {
  return (body as { items: unknown[] }).items.length === 0;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
