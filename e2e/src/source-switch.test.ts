import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timecodeReaderSource } from '@kinora/demo/timecode';
import type { DemoFilm } from '@kinora/demo/world';
import type { Page, Request } from 'playwright-core';
import { textAt } from './api-client.js';
import { accessibilityFaults, screenshot } from './browser.js';
import { Household, openTitle, playsBeyond, secondOf } from './household.js';

const minute = 60_000;
/** Twice what the film takes, so that little of it lies ahead when its seeder goes. */
const slow = 400_000;

/** Whoever has the film goes away in the middle of it. */
describe('F21 a film whose only seeder dies', () => {
  let home: Household;

  beforeAll(async () => {
    home = await Household.open({ world: { uploadBytesPerSecond: slow } });
  }, 5 * minute);

  afterAll(() => home.close());

  /** Plays it, goes to two fifths of it, and takes its seeder away; answers the second at which it came to stand. */
  async function loseSeederAt40Percent(page: Page, film: DemoFilm | undefined): Promise<number> {
    if (!film) throw new Error('no film that has a seeder');
    await playsBeyond(page, 1);
    await page.keyboard.press('4');
    await playsBeyond(page, 257);
    for (const seeder of home.world.swarm.seeders) seeder.withdraw(film.infoHash);
    await page.keyboard.press('i');
    await page.getByTestId('buffering').waitFor({ timeout: 2 * minute });
    return secondOf(page);
  }

  const verdict = async (page: Page) => {
    await page
      .getByTestId('buffering')
      .getByText('Nobody who has this film is connected right now.')
      .waitFor();
    await page
      .getByTestId('engine')
      .getByText(/^swarm: \d+ peers? heard of/)
      .waitFor();
  };

  it(
    'is told with its reason, and goes on with another source at the same second',
    async () => {
      const page = await home.signedInScreen();
      const plays: Request[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST' && request.url().endsWith('/api/playback')) plays.push(request);
      });
      const filmOf = async (play: Request | undefined) => {
        const answer: unknown = await (await play?.response())?.json();
        return home.world.films.find(({ infoHash }) => infoHash === textAt(answer, 'source', 'infoHash'));
      };
      await openTitle(page, 'Tears of Steel');
      // The best one is known: nobody has what the list of open films names.
      await page
        .getByText(/plays directly/)
        .first()
        .waitFor();
      await page.getByRole('link', { name: 'Play', exact: true }).click();
      await playsBeyond(page, 1);
      const first = await filmOf(plays[0]);
      const stoodAt = await loseSeederAt40Percent(page, first);
      await verdict(page);
      home.world.swarm.setUploadRate(null);
      await page.getByText('The first source did not deliver.').waitFor({ timeout: 2 * minute });
      await playsBeyond(page, stoodAt + 2);
      const second = await secondOf(page);
      expect(second).toBeLessThan(stoodAt + 40);
      const picture = await page.evaluate<number | null>(
        `(${timecodeReaderSource()})(document.querySelector('video'))`,
      );
      expect(Math.abs((picture ?? -9) - second)).toBeLessThan(3);
      expect(plays).toHaveLength(2);
      const next = await filmOf(plays[1]);
      expect([next?.title, next?.infoHash === first?.infoHash]).toEqual(['Tears of Steel', false]);
      await page.close();
      expect(home.complaints.list).toEqual([]);
    },
    5 * minute,
  );

  it(
    'is told calmly when there is no other source, and plays on when somebody has it again',
    async () => {
      const film = home.world.films.find(({ title }) => title === 'Sintel');
      home.world.swarm.setUploadRate(slow);
      const page = await home.signedInScreen();
      await page.getByRole('button', { name: /^Menu of/ }).click();
      await page.getByRole('button', { name: 'Open a torrent' }).click();
      await page.getByLabel('Magnet link').fill(film?.magnet ?? '');
      await page.getByRole('dialog').getByRole('button', { name: 'Play', exact: true }).click();
      const stoodAt = await loseSeederAt40Percent(page, film);
      await verdict(page);
      await screenshot(page, 'nobody-left');
      expect(await accessibilityFaults(page)).toEqual([]);
      // Longer than after which another source would be taken.
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      await verdict(page);
      expect(await page.getByText('This does not play').count()).toBe(0);
      expect(await secondOf(page)).toBeLessThan(stoodAt + 2);
      home.world.swarm.seeders[0]?.offer(film?.infoHash ?? '');
      await playsBeyond(page, stoodAt + 2);
      await page.close();
      expect(home.complaints.list).toEqual([]);
    },
    5 * minute,
  );
});
