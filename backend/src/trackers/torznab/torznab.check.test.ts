import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import { sendFile, startUpstream, type Upstream } from '../../test-support/upstream.js';
import { checkTorznab } from './torznab.check.js';

const key = 'a-secret-key-0123456789';
const fixture = (name: string) => new URL(`./__fixtures__/${name}`, import.meta.url);
let upstream: Upstream;

beforeEach(async () => {
  upstream = await startUpstream((request, response) => {
    const url = new URL(request.url ?? '/', 'http://torznab.test');
    const isCaps = url.searchParams.get('t') === 'caps';
    const isGood = url.searchParams.get('apikey') === key;
    // Capabilities are told to everyone.
    const file = isCaps ? 'caps.jackett.xml' : isGood ? 'empty.xml' : 'error.100.xml';
    sendFile(fixture(file), 'application/rss+xml')(request, response);
  });
});
afterEach(() => upstream.stop());

const check = (address: string) => {
  const dispatcher = new PermittedDispatcher();
  dispatcher.setPermission({ kind: 'open' });
  return checkTorznab(address, '0', dispatcher);
};

it('really searches, with the key of the address', async () => {
  expect(await check(`${upstream.url}/1/api?apikey=${key}`)).toEqual({
    subject: 'Torznab',
    verdict: 'ok',
    text: `${upstream.url}/1/api: Answers, and searches by imdbid, tmdbid, tvdbid`,
  });
});

it('T48 says that a key is refused, and never the key', async () => {
  const finding = await check(`${upstream.url}/1/api?apikey=another-key`);
  expect(finding).toMatchObject({ subject: 'Torznab', verdict: 'broken' });
  expect(finding.mayPass).toBeUndefined();
  expect(finding.text).toContain('refuses');
  expect(finding.text).not.toContain('another-key');
});

it('T48 may be passed when nobody answers, and says no key then', async () => {
  await upstream.stop();
  const finding = await check(`${upstream.url}/1/api?apikey=${key}`);
  expect(finding).toMatchObject({ verdict: 'broken', mayPass: true });
  expect(finding.text).not.toContain(key);
});
