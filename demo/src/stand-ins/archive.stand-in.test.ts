import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createArchiveStandIn } from './archive.stand-in.js';
import { NordVpnStandIn } from './nordvpn.stand-in.js';

describe('the Internet Archive stand-in', () => {
  const archive = createArchiveStandIn();
  beforeAll(async () => archive.start());
  afterAll(async () => archive.stop());
  const get = async (path: string): Promise<unknown> => (await fetch(`${archive.baseUrl}${path}`)).json();

  it('pages its films and searches titles', async () => {
    const all = await get('/advancedsearch.php?output=json&q=mediatype:(movies)&rows=6&page=2');
    expect(all).toMatchObject({ response: { numFound: 10, start: 6 } });
    const one = await get('/advancedsearch.php?output=json&q=title:(charade)');
    expect(one).toMatchObject({ response: { numFound: 1, docs: [{ title: 'Charade' }] } });
  });

  it('answers items, and an empty object for an unknown one', async () => {
    expect(await get('/metadata/big_buck_bunny_fixture')).toHaveProperty('metadata.title', 'Big Buck Bunny');
    expect(await get('/metadata/no_such_item')).toEqual({});
  });
});

describe('the NordVPN stand-in', () => {
  const nordvpn = new NordVpnStandIn();
  beforeAll(async () => nordvpn.start());
  afterAll(async () => nordvpn.stop());

  it.each(['/v1/ips/info', '/v1/helpers/ips/insights'])(
    'says on %s whether the caller is protected',
    async (path) => {
      const get = async (): Promise<unknown> => (await fetch(`${nordvpn.baseUrl}${path}`)).json();
      nordvpn.setProtected(true);
      expect(await get()).toHaveProperty('protected', true);
      nordvpn.setProtected(false);
      expect(await get()).toHaveProperty('protected', false);
    },
  );
});
