import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StandIn } from './stand-in.js';
import { createTorznabStandIn, TORZNAB_KEY, TORZNAB_PATH } from './torznab.stand-in.js';

const infoHash = 'abcdef0123456789abcdef0123456789abcdef01';

describe('the Torznab stand-in', () => {
  let torznab: StandIn;

  beforeAll(async () => {
    torznab = createTorznabStandIn([
      {
        torrentName: 'Sintel.2010.1080p.WEB.x264.AAC-KINORA',
        imdbId: 'tt1727587',
        quality: '1080p',
        infoHash,
        torrentFile: Buffer.from('d4:infode'),
        sizeBytes: 128_654_364,
      },
    ]);
    await torznab.start();
  });
  afterAll(async () => torznab.stop());

  const ask = async (query: string): Promise<string> =>
    (await fetch(`${torznab.baseUrl}${TORZNAB_PATH}/api?${query}`)).text();

  it('tells what it can without a key, and nothing else', async () => {
    expect(await ask('t=caps')).toContain('supportedParams="q,imdbid,tmdbid,year"');
    expect(await ask('t=movie&imdbid=tt1727587')).toContain('error code="100"');
  });

  it('finds a film by its IMDb id and by words, and nothing of one it does not have', async () => {
    for (const query of ['imdbid=tt1727587', 'q=sintel+2010']) {
      const feed = await ask(`t=movie&${query}&apikey=${TORZNAB_KEY}`);
      expect(feed).toContain(`value="${infoHash}"`);
      expect(feed.match(/<item>/g)).toHaveLength(3);
    }
    for (const query of ['imdbid=tt0000009', 'q=nobody', 'q='])
      expect(await ask(`t=movie&${query}&apikey=${TORZNAB_KEY}`)).not.toContain('<item>');
  });

  it('gives the torrent to who has the key', async () => {
    const get = async (key: string) => fetch(`${torznab.baseUrl}/dl/${infoHash}?jackett_apikey=${key}`);
    expect(await (await get(TORZNAB_KEY)).text()).toBe('d4:infode');
    expect((await get('wrong')).status).toBe(404);
  });
});
