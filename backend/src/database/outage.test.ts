import { expect, test } from '@jest/globals';
import { Outage } from './outage.js';

test('what went away is left alone for longer and longer, and one at a time finds out whether it is back', () => {
  let now = 0;
  const outage = new Outage(() => now);
  expect([outage.mayAsk(), outage.mayAsk()]).toEqual([true, true]);
  outage.failed();
  outage.failed();
  expect(outage.mayAsk()).toBe(false);
  now += 250;
  expect([outage.mayAsk(), outage.mayAsk()]).toEqual([true, false]);
  now += 250;
  outage.failed();
  now += 499;
  expect(outage.mayAsk()).toBe(false);
  now += 1;
  expect(outage.mayAsk()).toBe(true);
  for (let i = 0; i < 20; i += 1) {
    now += 5_000;
    outage.failed();
  }
  now += 5_000;
  expect(outage.mayAsk()).toBe(true);
  outage.over();
  expect([outage.mayAsk(), outage.mayAsk()]).toEqual([true, true]);
});
