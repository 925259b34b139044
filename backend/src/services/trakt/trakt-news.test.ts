import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { origin } from '../../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { startTrakt, type TestTrakt } from '../../test-support/trakt-upstream.js';

let remote: TestTrakt;
let kinora: KinoraApi;
let mediaId: string;
let ada: { userId: string; username: string; ageLimit: null };
/** Timers that wait for the test's clock. */
let timers: { at: number; work: () => Promise<void> }[];

const second = 1_000;
const minute = 60 * second;

beforeEach(async () => {
  remote = await startTrakt();
  timers = [];
  kinora = await openKinoraApi({
    traktConfig: remote.config,
    traktSchedule: (ms, work) => {
      const timer = { at: kinora.clock.now + ms, work };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  });
  remote.now = () => kinora.clock.now;
  const { user } = await kinora.signIn('ada', 'correct horse');
  ada = { userId: user.id, username: 'ada', ageLimit: null };
  mediaId = (await kinora.media.getHome()).rows[0]?.items[0]?.id ?? '';
  await kinora.trakt.startLink(ada);
  expect(await kinora.trakt.pollLink(ada, origin)).toBe('linked');
  await kinora.trakt.sync(ada.userId);
});

afterEach(async () => {
  await kinora.dispose();
  await remote.stop();
});

const finish = () =>
  kinora.watch.mark(
    { userId: ada.userId, ageLimit: null, device: 'tv' },
    { mediaId, season: null, episode: null },
    true,
  );

/** Lets time pass, a second at a time, and waits for what the timers have begun. Returns the seconds until Trakt had a play. */
async function secondsUntilTold(most: number): Promise<number | null> {
  for (let passed = 0; passed <= most; passed += 1) {
    const due = timers.filter(({ at }) => at <= kinora.clock.now);
    timers = timers.filter((timer) => !due.includes(timer));
    await Promise.all(due.map(({ work }) => work()));
    if (remote.history.length > 0) return passed;
    kinora.clock.now += second;
  }
  return null;
}

describe('news for Trakt', () => {
  test('arrives to the second when Retry-After has passed, however often it is said', async () => {
    remote.fail({ status: 429, path: /^\/sync\/history$/, times: 5, headers: { 'retry-after': '1' } });
    await finish();
    expect(await secondsUntilTold(60)).toBeLessThanOrEqual(8);
  });

  test('is not sent before Retry-After has passed, also when a read succeeds meanwhile or the user asks to sync', async () => {
    remote.fail({ status: 429, path: /^\/sync\/history$/, times: 1, headers: { 'retry-after': '40' } });
    await finish();
    await kinora.trakt.tell(ada.userId);
    await kinora.trakt.sync(ada.userId);
    await kinora.trakt.startSync(ada);
    const posts = () => remote.calls.filter((call) => call === 'POST /sync/history').length;
    kinora.clock.now += 39 * second;
    await kinora.trakt.tell(ada.userId);
    expect(posts()).toBe(1);
    kinora.clock.now += second;
    await kinora.trakt.tell(ada.userId);
    expect(posts()).toBe(2);
  });

  test('does not wait for reading, which Trakt refuses for long', async () => {
    remote.fail({ status: 429, path: /last_activities/, times: 50, headers: { 'retry-after': '900' } });
    await expect(kinora.trakt.sync(ada.userId)).rejects.toMatchObject({ fault: 'rate-limited' });
    await finish();
    expect(await secondsUntilTold(60)).toBeLessThanOrEqual(2);
  });

  test('does not wait for a reading that another server is at', async () => {
    const until = new Date(kinora.clock.now + 30 * minute);
    const now = new Date(kinora.clock.now);
    expect(await kinora.leaseRows.take(`trakt:${ada.userId}`, 'other', now, until)).toBe(true);
    await finish();
    expect(await secondsUntilTold(60)).toBeLessThanOrEqual(2);
  });

  test.each([
    ['an answer of 503', 503],
    ['an answer of 502 from a proxy', 502],
  ])('arrives within 15 s when Trakt answers again after an hour with %s', async (_, status) => {
    remote.fail({ status, path: /./, times: Number.POSITIVE_INFINITY });
    await finish();
    expect(await secondsUntilTold(3_600)).toBeNull();
    // Six probes a minute, and the entry's own attempts.
    expect(remote.calls.length).toBeLessThan(7 * 60 + 30);
    remote.failures = [];
    expect(await secondsUntilTold(60)).toBeLessThanOrEqual(15);
  });

  test('that Trakt alone refuses keeps its own waits while Trakt answers everything else', async () => {
    remote.fail({ status: 500, path: /^\/sync\/history$/, times: Number.POSITIVE_INFINITY });
    await finish();
    expect(await secondsUntilTold(600)).toBeNull();
    // Sent once, and looked up before it would be sent again.
    const attempts = remote.calls.filter((call) => /^(GET|POST) \/sync\/history/.test(call)).length;
    expect(attempts).toBeGreaterThan(2);
    expect(attempts).toBeLessThan(15);
  });
});
