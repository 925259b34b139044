import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
];

export const laptop = { width: 1280, height: 800 };
export const sizes = { phone: { width: 360, height: 800 }, laptop, tv: { width: 1920, height: 1080 } };

/** The installed Chromium, without a window. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (file) => existsSync(file),
  );
  if (executablePath === undefined) throw new Error('No Chromium found. On Debian: apt-get install chromium');
  return chromium.launch({ executablePath, args: flags });
}

/** What a page complained of: errors in its console, and what its content policy refused. */
export interface Complaints {
  readonly list: string[];
}

export async function newPage(context: BrowserContext, complaints: Complaints): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.list.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    // A refused request shows here as well; those are looked at by the tests that provoke them.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      complaints.list.push(message.text());
  });
  return page;
}

/** Waits until the page is whole: nothing is loading, and the pictures in view are there. Its stream of events stays open, so the network is never idle. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const isInView = (image: HTMLImageElement) => {
      const { top, bottom, left, right } = image.getBoundingClientRect();
      return bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    };
    const isBusy = document.querySelector('[aria-busy="true"]') !== null;
    return !isBusy && Array.from(document.images).every((image) => image.complete || !isInView(image));
  });
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.resolve(root, process.env['KINORA_SCREENSHOTS'] ?? 'e2e/.cache/screenshots');

/** Keeps a picture of the page; in the docs when KINORA_SCREENSHOTS says so. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({
    path: path.join(folder, `${name}.jpg`),
    type: 'jpeg',
    quality: 80,
    animations: 'disabled',
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page for people who see, hear or point differently (WCAG 2.2 A and AA): rule and place. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // While something fades in, its colours are not those it is read in.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ).then(() => undefined),
  );
  await page.evaluate(axe);
  return page.evaluate<string[]>(`
    axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`);
}
