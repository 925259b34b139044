import { describe, expect, it } from '@jest/globals';
import { NameLookups, type ResolveAll } from './name-lookups.js';

type Answer = (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void;

/** A resolver that answers when the test says so, and the lookups that use it. */
function open() {
  const asked: { hostname: string; answer: Answer }[] = [];
  const clock = { now: 0 };
  const resolve: ResolveAll = (hostname, _options, answer) => asked.push({ hostname, answer });
  const names = new NameLookups(resolve, () => clock.now);
  const find = (hostname: string) =>
    new Promise<unknown>((done) => {
      names.lookup(hostname, { all: true }, (error, addresses) => done(error?.code ?? addresses));
    });
  return { asked, clock, names, find };
}

const failure = (code: string) => Object.assign(new Error(code), { code });
const here = [{ address: '127.0.0.1', family: 4 }];
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('F06 lookups of host names', () => {
  it('F06 leave half of the thread pool free, however many are wanted', async () => {
    const { asked, find } = open();
    const all = Array.from({ length: 500 }, (_, n) => find(`host-${n}.invalid`));
    for (let answered = 0; answered < 500; answered += 1) {
      await turn();
      expect(asked.length - answered).toBeLessThanOrEqual(2);
      asked[answered]?.answer(failure('ENOTFOUND'), []);
    }
    expect(new Set(await Promise.all(all))).toEqual(new Set(['ENOTFOUND']));
  });

  it('F06 ask once for a name that many want', async () => {
    const { asked, find } = open();
    const all = [find('a.invalid'), find('a.invalid'), find('a.invalid')];
    await turn();
    expect(asked).toHaveLength(1);
    asked[0]?.answer(null, here);
    expect(await Promise.all(all)).toEqual([here, here, here]);
  });

  it.each([
    ['ENOTFOUND', 30_000],
    ['EAI_AGAIN', 5_000],
  ])('F06 remember %s for %d ms', async (code, forMs) => {
    const { asked, clock, find } = open();
    const first = find('a.invalid');
    asked[0]?.answer(failure(code), []);
    expect(await first).toBe(code);
    clock.now += forMs - 1;
    expect(await find('a.invalid')).toBe(code);
    expect(asked).toHaveLength(1);
    clock.now += 1;
    const again = find('a.invalid');
    await turn();
    asked[1]?.answer(null, here);
    expect(await again).toEqual(here);
  });

  it('F06 give one address to a caller who wants one', async () => {
    const { asked, names } = open();
    const found = new Promise<unknown[]>((done) => {
      names.lookup('a.invalid', { family: 4 }, (...answer) => done(answer));
    });
    asked[0]?.answer(null, here);
    expect(await found).toEqual([null, '127.0.0.1', 4]);
  });

  it('F06 find a real name', async () => {
    const names = new NameLookups();
    const found = new Promise<unknown>((done) => {
      names.lookup('localhost', { family: 4 }, (error, address) => done(error?.code ?? address));
    });
    expect(await found).toBe('127.0.0.1');
  });
});
