import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timecodeReaderSource } from '@kinora/demo/timecode';
import type { Page } from 'playwright-core';
import { accessibilityFaults, laptop, newPage, screenshot, settled, sizes } from './browser.js';
import { account, Household, secondOf } from './household.js';

const minute = 60_000;

/** One household's first evening, in order: each step goes on where the one before ended. */
describe('in the browser', () => {
  let home: Household;
  let page: Page;
  let isBroken = false;

  /** A step of the evening. After one that failed the rest is not even tried: it would only wait in vain. */
  function step(name: string, act: () => Promise<void> | void, timeoutMs = minute): void {
    it(
      name,
      async () => {
        if (isBroken) throw new Error('an earlier step failed');
        isBroken = true;
        await act();
        isBroken = false;
      },
      timeoutMs,
    );
  }

  beforeAll(async () => {
    // Slow enough that the end of the film is not there when the test seeks to it.
    home = await Household.open({ world: { uploadBytesPerSecond: 1_500_000 }, isNew: true });
    page = await home.newScreen();
    page.setDefaultTimeout(15_000);
  }, 5 * minute);

  afterAll(() => home.close());

  /** The second shown by the picture itself, not by the clock of the player. */
  const pictureSecond = () =>
    page.evaluate<number | null>(`(${timecodeReaderSource()})(document.querySelector('video'))`);
  async function play(title: string): Promise<void> {
    await page.goto('/');
    await page.getByRole('searchbox', { name: 'Search films' }).fill(title);
    await page.waitForURL('**/search?**');
    await page
      .getByRole('link', { name: new RegExp(title) })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByRole('link', { name: 'Play', exact: true }).click();
  }

  step('the first visitor becomes the administrator with the set-up code', async () => {
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() === 401) refused.push(response.url());
    });
    await page.goto('/');
    await page.getByLabel('Set-up code').waitFor();
    // Nobody has a session yet, so none is asked for.
    expect(refused).toEqual([]);
    page.removeAllListeners('response');
    await screenshot(page, 'set-up');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Set-up code').fill('WRONG-CODE1');
    await page.getByLabel('User name').fill(account.name);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page
      .getByText(/not the set-up code/)
      .first()
      .waitFor();
    await page.getByLabel('Set-up code').fill(home.kinora.setupCode);
    await page.getByRole('button', { name: 'Create account' }).click();
    // The questions are for settings.test.ts.
    await page.getByRole('button', { name: 'Finish later' }).click();
    await page.getByRole('heading', { name: 'Trending this week' }).waitFor();
  });

  step('the home page shows rows of films', async () => {
    for (const title of ['Trending this week', 'Popular']) {
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
    }
    await settled(page);
    for (const [name, size] of Object.entries(sizes)) {
      await page.setViewportSize(size);
      await screenshot(page, `home-${name}`);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await page.setViewportSize(laptop);
  });

  step('signs out, refuses a wrong password, and signs in again', async () => {
    await page.getByRole('button', { name: /^Menu of/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User name').fill(account.name);
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByText(/password.*wrong|wrong.*password|does not fit/i)
      .first()
      .waitFor();
    await screenshot(page, 'sign-in');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Trending this week' }).waitFor();
  });

  step('finds a film as one types, and says so when there is none', async () => {
    await page.goto('/search');
    await page.getByRole('searchbox', { name: 'Search films' }).fill('metro');
    await page
      .getByRole('link', { name: /Metropolis/ })
      .first()
      .waitFor();
    await screenshot(page, 'search');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('searchbox', { name: 'Search films' }).fill('zzzznothing');
    await page
      .getByText(/nothing found/i)
      .first()
      .waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('zzzznothing');
  });

  step('shows a film with its facts, and its sources with the reasons', async () => {
    await page.goto('/search?q=big%20buck');
    await page
      .getByRole('link', { name: /Big Buck Bunny/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: 'Big Buck Bunny' }).waitFor();
    await page
      .getByText(/plays directly/)
      .first()
      .waitFor();
    await settled(page);
    for (const [name, size] of Object.entries(sizes)) {
      await page.setViewportSize(size);
      await screenshot(page, `film-${name}`);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await page.setViewportSize(laptop);
    await page.getByRole('button', { name: /change/i }).click();
    await page.getByTestId('source').first().waitFor();
    // Server and browser are one machine: no line stands between them.
    expect(await page.getByText(/more than this connection has/).count()).toBe(0);
    await screenshot(page, 'sources');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
  });

  step('puts it on the watchlist, and finds it there', async () => {
    await page.getByRole('button', { name: 'Watchlist' }).click();
    await page.getByRole('button', { name: 'Watchlist', pressed: true }).waitFor();
    await page.goto('/lists');
    await page.getByRole('link', { name: /watchlist/i }).click();
    await page.getByRole('link', { name: /Big Buck Bunny/ }).waitFor();
    await settled(page);
    await screenshot(page, 'list');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  step('shows a series with its seasons and episodes, marks one, and moves on to the next', async () => {
    await page.goto('/search?q=open%20reel');
    await page
      .getByRole('link', { name: /Open Reel Stories/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: 'Open Reel Stories' }).waitFor();
    await page.getByRole('link', { name: 'Play S1 E1', exact: true }).waitFor();
    const first = page.getByTestId('episode-line').first();
    await first.getByRole('button', { name: 'Mark as watched' }).click();
    await first.getByRole('button', { name: 'Watched', pressed: true }).waitFor();
    await page.getByRole('link', { name: 'Play S1 E2', exact: true }).waitFor();
    await settled(page);
    for (const [name, size] of Object.entries(sizes)) {
      await page.setViewportSize(size);
      await screenshot(page, `series-${name}`);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await page.setViewportSize(laptop);
    await page.getByRole('link', { name: 'Season 2' }).click();
    await page.getByRole('link', { name: 'Season 2' }).and(page.locator('[aria-current]')).waitFor();
    expect(new URL(page.url()).searchParams.get('season')).toBe('2');
  });

  step('shows all series of a genre, by filters that stand in the address', async () => {
    await page.getByRole('link', { name: 'Discover' }).click();
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Series');
    await page.getByRole('link', { name: /Open Reel Stories/ }).waitFor();
    await page.getByRole('combobox', { name: 'Order' }).selectOption('By title');
    await page.waitForURL(/sort=title/);
    await page.reload();
    await page.getByRole('link', { name: /Open Reel Stories/ }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Kind' }).inputValue()).toBe('show');
    await settled(page);
    await screenshot(page, 'discover');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  step('shows somebody of the cast, with what they were in', async () => {
    await page.goto('/search?q=big%20buck');
    await page
      .getByRole('link', { name: /Big Buck Bunny/ })
      .first()
      .click();
    const people = page.getByRole('complementary', { name: 'More facts' }).getByRole('link');
    const name = (await people.first().textContent()) ?? '';
    await people.first().click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page
      .getByRole('link', { name: /Big Buck Bunny/ })
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  step('shows the rows one chooses, in the order one wants', async () => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Choose rows' }).click();
    // It shows what the server has kept, so it changes with the answer.
    await page.getByRole('checkbox', { name: 'Popular', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Popular', exact: true, checked: false }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('heading', { name: 'Popular', exact: true }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { name: 'Trending this week' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Popular', exact: true }).count()).toBe(0);
  });

  step('plays it, and the picture is the one of that second', async () => {
    await play('Big Buck Bunny');
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 2);
    await screenshot(page, 'player');
    const [picture, clock] = [await pictureSecond(), await secondOf(page)];
    expect(picture).not.toBeNull();
    expect(Math.abs((picture ?? -9) - clock)).toBeLessThan(1.5);
  });

  step('goes on playing', async () => {
    const before = await secondOf(page);
    await page.waitForFunction(
      (from) => (document.querySelector('video')?.currentTime ?? 0) > from + 3,
      before,
    );
  });

  for (const title of ['Big Buck Bunny', 'Sintel']) {
    step(`seeks to 80 % of ${title}, which is not downloaded, and shows the right picture`, async () => {
      await play(title);
      await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
      const duration = await page.getByTestId('video').evaluate((video: HTMLVideoElement) => video.duration);
      expect(duration).toBeGreaterThan(600);
      const target = duration * 0.8;
      const bar = page.getByRole('slider', { name: 'Seek' });
      await page.mouse.move(600, 300);
      const box = await bar.boundingBox();
      if (!box) throw new Error('no seek bar');
      const fetchedBefore = await fetchedShareAt(0.8);
      expect(fetchedBefore).toBe(false);
      await page.mouse.click(box.x + box.width * 0.8, box.y + box.height / 2);
      await page.waitForFunction((from) => {
        const video = document.querySelector('video');
        return video !== null && video.currentTime > from + 1.5 && !video.seeking && video.readyState >= 3;
      }, target - 5);
      const [picture, clock] = [await pictureSecond(), await secondOf(page)];
      expect(picture).not.toBeNull();
      expect(Math.abs((picture ?? -9) - clock)).toBeLessThan(1.5);
      expect(Math.abs(clock - target)).toBeLessThan(20);
      await page.mouse.move(600, 310);
      await screenshot(page, `seek-${title.toLowerCase().replaceAll(' ', '-')}`);
    });
  }

  /** Whether the server has fetched the film at this share of it, as the seek bar shows. */
  async function fetchedShareAt(share: number): Promise<boolean> {
    return page.locator('[data-layer="fetched"]').evaluateAll((layers, at) => {
      const bar = document.querySelector('[role="slider"][aria-label="Seek"]')?.getBoundingClientRect();
      if (!bar) throw new Error('no seek bar');
      const x = bar.left + bar.width * at;
      return layers
        .flatMap((layer) => [...layer.children])
        .map((part) => part.getBoundingClientRect())
        .some((part) => part.left <= x && x <= part.right);
    }, share);
  }

  step('obeys the keyboard', async () => {
    const video = page.getByTestId('video');
    await page.keyboard.press('k');
    expect(await video.evaluate((element: HTMLVideoElement) => element.paused)).toBe(true);
    const before = await secondOf(page);
    await page.keyboard.press('j');
    await page.waitForFunction(
      (from) => (document.querySelector('video')?.currentTime ?? 0) < from - 5,
      before,
    );
    await page.keyboard.press('m');
    expect(await video.evaluate((element: HTMLVideoElement) => element.muted)).toBe(true);
    await page.keyboard.press('i');
    await page.getByTestId('engine').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('complementary', { name: 'Keys' }).waitFor();
    await screenshot(page, 'player-keys');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  step('F21 waits with the stage and the reason when nobody has the film', async () => {
    await play('Elephants Dream');
    await page.getByTestId('stage').waitFor();
    await page
      .getByText(/Meeting peers|No peers|Nobody seems/)
      .first()
      .waitFor();
    await page
      .getByText(/No peers|Nobody seems|none answers/)
      .first()
      .waitFor({ timeout: 20_000 });
    await screenshot(page, 'waiting');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Elephants Dream' }).waitFor();
  });

  step('names the failure when the catalogue is down, and recovers', async () => {
    home.world.providers.tmdb.fail({ status: 503 });
    await page.goto('/search?q=something%20new');
    await page.getByText(/TMDB/).first().waitFor();
    await screenshot(page, 'provider-down');
    home.world.providers.tmdb.heal();
    await page.goto('/search?q=general');
    await page
      .getByRole('link', { name: /The General/ })
      .first()
      .waitFor();
  });

  step('shows the account and what an administrator looks after', async () => {
    const pages = {
      account: 'Your account',
      admin: 'Overview',
      'admin/users': 'Users',
      'admin/audit': 'Audit',
      'admin/storage': 'Storage',
      'admin/vpn': 'VPN',
      'admin/jobs': 'Jobs',
    };
    for (const [address, heading] of Object.entries(pages)) {
      await page.goto(`/${address}`);
      await page.getByRole('heading', { level: 1, name: new RegExp(heading, 'i') }).waitFor();
      await settled(page);
      await screenshot(page, address.replace('/', '-'));
      expect([address, await accessibilityFaults(page)]).toEqual([address, []]);
    }
  });

  step('sees what is stored and for whom, what goes next, pins it, and deletes it', async () => {
    await page.goto('/admin/storage');
    const stored = page.getByTestId('stored').filter({ hasText: 'Sintel' });
    await stored.getByText(/ada/).waitFor();
    const next = page.getByTestId('stored').filter({ hasText: 'Goes next' });
    const title = (await next.getByRole('link').textContent()) ?? '';
    await next.getByRole('button', { name: `Pin ${title}` }).click();
    await page.getByRole('button', { name: `Pin ${title}`, pressed: true }).waitFor();
    // What is pinned does not go, another one does.
    expect(await next.getByRole('link').textContent()).not.toBe(title);
    await stored.getByRole('button', { name: /^Delete Sintel/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await stored.waitFor({ state: 'detached' });
  });

  step('runs a job now, pauses and resumes it, and reads its history', async () => {
    await page.goto('/admin/jobs');
    const job = page.locator('[data-job="forget-expired-sessions"]');
    await job.getByRole('button', { name: /^Pause/ }).click();
    await job.getByText('Paused', { exact: true }).waitFor();
    await job.getByRole('button', { name: /^Run now/ }).click();
    await job.getByText(/^Went well/).waitFor({ timeout: 20_000 });
    await job.getByRole('button', { name: /^Resume/ }).click();
    await job.getByText(/^Next /).waitFor();
    await job.getByRole('button', { name: /^History/ }).click();
    await page.getByRole('dialog').getByText('By hand').waitFor();
    await screenshot(page, 'jobs');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  });

  step('is still signed in after a reload, and in another tab', async () => {
    await page.goto('/');
    await page.reload();
    await page.getByRole('heading', { name: 'Trending this week' }).waitFor();
    const other = await newPage(page.context(), home.complaints);
    await other.goto('/');
    await other.getByRole('heading', { name: 'Trending this week' }).waitFor();
    await other.close();
  });

  step('renews an access token that has run out without anyone noticing', async () => {
    const refused = page.waitForResponse(
      (response) => response.url().endsWith('/api/home') && response.status() === 401,
    );
    // The server's word on the next call: this token is no longer good.
    await page.route(
      '**/api/home',
      (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{}' }),
      { times: 1 },
    );
    await page.reload();
    await refused;
    await page.getByRole('heading', { name: 'Trending this week' }).waitFor();
  });

  step('T43 breaks no rule of its content policy and throws no error', () => {
    expect(home.complaints.list).toEqual([]);
  });

  step('signs out for good', async () => {
    await page.getByRole('button', { name: /^Menu of/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});
