import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settled } from './browser.js';
import { Household } from './household.js';

const minute = 60_000;
const mark = 'hostile-text';
const payloads = [
  '<img src=x onerror="window.__xss=1">',
  '<script>window.__xss=2</script>',
  '"><svg onload="window.__xss=3">',
  '\'><iframe srcdoc="<script>parent.__xss=4</script>"></iframe>',
  '</title><script>window.__xss=5</script>',
  '<a href="javascript:window.__xss=6">x</a>',
  '&lt;img src=x onerror=window.__xss=7&gt;',
  '\u202Egnp.exe\u202C<style>*{display:none}</style>',
  '{{constructor.constructor("window.__xss=8")()}}${window.__xss=9}',
];
const texts = [
  'title',
  'name',
  'original_title',
  'original_name',
  'overview',
  'tagline',
  'character',
  'biography',
];
const addresses = ['homepage', 'poster_path', 'backdrop_path', 'profile_path', 'still_path', 'key'];

/** Adds a payload to each text of an answer, and replaces addresses that it holds. */
function poisoner(): (value: unknown, key?: string) => unknown {
  let count = 0;
  const poison = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((item) => poison(item, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]));
    if (typeof value !== 'string' || value === '') return value;
    count += 1;
    if (texts.includes(key)) return `${value} ${mark} ${payloads[count % payloads.length] ?? ''}`;
    if (addresses.includes(key))
      return count % 2 === 0 ? 'javascript:window.__xss=10' : '/"onerror="window.__xss=11';
    return value;
  };
  return poison;
}

/** The catalogue's provider, with hostile texts in every answer. */
describe('T28 T29 a catalogue full of markup and script', () => {
  let proxy: Server;
  let home: Household;
  let page: Page;
  let dialogs = 0;

  beforeAll(async () => {
    const poison = poisoner();
    let upstream = '';
    proxy = createServer((request, response) => {
      const authorization = request.headers.authorization ?? '';
      fetch(`${upstream}${request.url ?? ''}`, { headers: { authorization } })
        .then(async (answer) => {
          response.statusCode = answer.status;
          const type = answer.headers.get('content-type') ?? '';
          response.setHeader('content-type', type);
          if (type.includes('json')) response.end(JSON.stringify(poison(await answer.json())));
          else response.end(Buffer.from(await answer.arrayBuffer()));
        })
        .catch(() => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    home = await Household.open({
      environment: ({ environment }) => {
        const { origin, pathname } = new URL(environment['TMDB_API_URL'] ?? '');
        upstream = origin;
        const { port } = proxy.address() as AddressInfo;
        return { ...environment, TMDB_API_URL: `http://127.0.0.1:${port}${pathname}` };
      },
    });
    page = await home.signedInScreen();
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
  }, 5 * minute);

  afterAll(async () => {
    await home.close();
    proxy.close();
  });

  /** Elements, attributes and links on the page that only markup of a stranger can have made, and what its script did. */
  const traces = () =>
    page.evaluate(() => ({
      ran: Object.entries(window).filter(([name]) => name === '__xss'),
      made: Array.from(
        document.body.querySelectorAll(
          'img[src="x"], iframe, svg[onload], [onerror], style, script:not([src])',
        ),
        (element) => element.outerHTML,
      ),
      links: Array.from(
        document.querySelectorAll('[href], [src]'),
        (element) => element.getAttribute('href') ?? element.getAttribute('src') ?? '',
      ).filter((address) => !/^(https?:\/\/|\/(?!\/)|#|data:image\/|blob:)/.test(address)),
    }));

  const expectClean = async () => {
    // The texts did arrive: otherwise this test could not fail.
    await page.getByText(mark).filter({ visible: true }).first().waitFor();
    await settled(page);
    expect(await traces()).toEqual({ ran: [], made: [], links: [] });
    expect(dialogs).toBe(0);
    expect(home.complaints.list).toEqual([]);
  };

  it(
    'T28 T29 is text on the home page, in a search and in the filters',
    async () => {
      for (const address of ['/', '/search?q=big', '/discover']) {
        await page.goto(address);
        await expectClean();
      }
    },
    2 * minute,
  );

  it(
    'T28 T29 is text on the pages of a film, of a person and of a series',
    async () => {
      await page.goto('/search?q=big');
      await page
        .getByRole('link', { name: /Big Buck Bunny/ })
        .first()
        .click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expectClean();
      await page.locator('a[href^="/people/"]').filter({ visible: true }).first().click();
      await page.waitForURL(/\/people\//);
      await expectClean();
      await page.goto('/search?q=open%20reel');
      await page
        .getByRole('link', { name: /Open Reel Stories/ })
        .first()
        .click();
      await page.getByTestId('episode-line').first().waitFor();
      await expectClean();
    },
    2 * minute,
  );
});
