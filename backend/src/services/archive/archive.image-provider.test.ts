import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import { startUpstream, type Upstream, type UpstreamHandler } from '../../test-support/upstream.js';
import { ArchiveImageProvider, mayServeThumbnails } from './archive.image-provider.js';

const picture: UpstreamHandler = (_, response) =>
  response.writeHead(200, { 'content-type': 'image/jpeg' }).end('jpeg');
const to =
  (location: string): UpstreamHandler =>
  (_, response) =>
    response.writeHead(302, { location }).end();

describe('a thumbnail of the Archive', () => {
  let archive: Upstream;
  let node: Upstream;
  let http: HttpClient;

  beforeEach(async () => {
    archive = await startUpstream(picture);
    node = await startUpstream(picture);
    http = new HttpClient({
      ...{ provider: 'Internet Archive', userAgent: 'Kinora/test', logger: silentLogger() },
      retry: { attempts: 1, baseMs: 1, capMs: 1 },
    });
  });
  afterEach(async () => {
    await http.close();
    await Promise.all([archive.stop(), node.stop()]);
  });
  const fetchImage = () =>
    new ArchiveImageProvider(http, new URL(`${archive.url}/`)).fetchImage('w342', 'charade.jpg');

  it('is read where the Archive sends us: the node that holds the item', async () => {
    archive.answer(to(`${node.url}/12/items/charade/__ia_thumb.jpg`));
    expect((await fetchImage()).contentType).toBe('image/jpeg');
    expect(archive.requests).toEqual(['/services/img/charade']);
    expect(node.requests).toEqual(['/12/items/charade/__ia_thumb.jpg']);
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://localhost:9/',
    'https://archive.org.evil.example/a.jpg',
    'file:///etc/passwd',
    'not an address ://',
  ])('is not read from %s (T15)', async (location) => {
    archive.answer(to(location));
    await expect(fetchImage()).rejects.toMatchObject({ fault: 'bad-answer' });
    expect(node.requests).toEqual([]);
  });

  it('does not send us round for ever', async () => {
    archive.answer(to(`${node.url}/a`));
    node.answer(to(`${archive.url}/b`));
    await expect(fetchImage()).rejects.toMatchObject({ fault: 'bad-answer' });
    expect(archive.requests.length + node.requests.length).toBeLessThanOrEqual(4);
  });

  it.each([
    ['https://ia800304.us.archive.org/1/items/a/__ia_thumb.jpg', true],
    ['https://archive.org/images/notfound.png', true],
    ['http://ia800304.us.archive.org/a.jpg', false],
    ['https://ia800304.us.archive.org:8443/a.jpg', false],
    ['https://user@archive.org/a.jpg', false],
    ['https://notarchive.org/a.jpg', false],
    ['https://127.0.0.1/a.jpg', false],
  ])('%s: %s', (address, may) => {
    expect(mayServeThumbnails(new URL(address), new URL('https://archive.org/'))).toBe(may);
  });
});
