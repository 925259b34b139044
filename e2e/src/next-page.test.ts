import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Complaints, laptop, launchBrowser, newPage } from './browser.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const password = 'correct horse battery';

/** Queries that would lead to another site after the sign-in. `host` is the name and port of that site. */
const hostile = {
  'an address': (host: string) => `next=${encodeURIComponent(`http://${host}/`)}`,
  'two slashes': (host: string) => `next=//${host}/`,
  'a slash and a backslash': (host: string) => `next=/\\${host}/`,
  'two encoded backslashes': (host: string) => `next=%5C%5C${host}/`,
  'a tab between slashes': (host: string) => `next=/%09/${host}/`,
  'a dot between slashes': (host: string) => `next=/.//${host}/`,
  'slashes encoded twice': (host: string) => `next=/%252F${host}/`,
  'a JSON text': (host: string) => `next=%22http://${host}/%22`,
  'a good one, then a bad one': (host: string) => `next=/account&next=http://${host}/`,
  'a bad one, then another bad one': (host: string) => `next=//${host}/&next=http://${host}/`,
  script: (host: string) => `next=javascript:location.assign('http://${host}/')`,
};
const cases = Object.entries(hostile).map(([name, query]) => ({ name, query }));

describe('the page after the sign-in is one of this server', () => {
  let kinora: KinoraProcess;
  let dataDir: string;
  let browser: Browser;
  let elsewhere: Server;
  let host: string;
  let visits = 0;
  let member: Page;
  const complaints: Complaints = { list: [] };

  const open = async (): Promise<{ page: Page; context: BrowserContext }> => {
    const context = await browser.newContext({ viewport: laptop, baseURL: kinora.url });
    const page = await newPage(context, complaints);
    page.setDefaultTimeout(20_000);
    return { page, context };
  };
  const signIn = async (page: Page) => {
    await page.getByLabel('User name').fill('ada');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  /** Waits until somebody is signed in or the browser has left, and returns where it is. */
  const arrival = async (page: Page): Promise<string> => {
    await page
      .getByText(/^Elsewhere$/)
      .or(page.getByRole('button', { name: 'Menu of ada' }))
      .first()
      .waitFor();
    return new URL(page.url()).origin;
  };

  beforeAll(async () => {
    elsewhere = createServer((_request, response) => {
      visits += 1;
      response.setHeader('content-type', 'text/html').end('<p>Elsewhere</p>');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    host = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    dataDir = await newDataDir();
    const account = { ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password };
    kinora = await KinoraProcess.start({ ...account, TORRENT_DHT: 'off' }, dataDir);
    browser = await launchBrowser();
    ({ page: member } = await open());
    await member.goto('/sign-in?next=/account');
    await signIn(member);
    await member.getByTestId('session').first().waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await kinora.stop();
    await removeDataDir(dataDir);
    elsewhere.close();
  });

  it.each(cases)('for somebody who is signed in already: $name', async ({ query }) => {
    for (const path of ['/sign-in', '/sign-in/device']) {
      await member.goto(`${path}?${query(host)}`);
      expect(await arrival(member)).toBe(kinora.url);
    }
    expect(visits).toBe(0);
  });

  it.each(cases.slice(0, 5))('for somebody who signs in: $name', async ({ query }) => {
    const { page, context } = await open();
    await page.goto(`/sign-in?${query(host)}`);
    await signIn(page);
    expect(await arrival(page)).toBe(kinora.url);
    expect(visits).toBe(0);
    await context.close();
  });

  it.each(cases.slice(0, 1))('for a television that is let in: $name', async ({ query }) => {
    const { page, context } = await open();
    await page.goto(`/sign-in/device?${query(host)}`);
    const code = (await page.getByText(/^[A-Z]{4}-[A-Z]{4}$/).textContent()) ?? '';
    await member.goto(`/device?code=${code}`);
    await member.getByRole('button', { name: 'Continue' }).click();
    await member.getByRole('button', { name: 'Allow' }).click();
    await member.getByRole('heading', { name: 'Allowed' }).waitFor();
    expect(await arrival(page)).toBe(kinora.url);
    expect(visits).toBe(0);
    await context.close();
  });

  it('and a page of this server is kept, with its query', async () => {
    await member.goto(`/sign-in?next=${encodeURIComponent('/search?q=a&b=c#top')}`);
    await member.waitForURL((url) => url.pathname === '/search' && url.searchParams.get('q') === 'a');
  });
});
