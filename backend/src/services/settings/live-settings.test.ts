import { afterEach, expect, jest, test } from '@jest/globals';
import { LiveSettings } from './live-settings.js';

const first = { url: 'one', level: 'low', port: 1 };

/** A part with a private field, an answer that takes its time, and a door that can be seen to close. */
class Teller {
  readonly #word: string;
  isOpen = true;

  constructor(word: string) {
    this.#word = word;
  }

  get word(): string {
    return this.#word;
  }

  async tell(ready: Promise<void>): Promise<string> {
    await ready;
    return this.isOpen ? this.#word : 'closed';
  }
}

function openTeller() {
  const made: Teller[] = [];
  const live = new LiveSettings(first, 1_000);
  const teller = live.part(['url'], ({ url }) => {
    const part = new Teller(url);
    made.push(part);
    return {
      part,
      close: () => {
        part.isOpen = false;
      },
    };
  });
  return { live, teller, made };
}

afterEach(() => {
  jest.useRealTimers();
});

test('a call goes to the part of its moment and ends there; the old part is closed after a grace', async () => {
  jest.useFakeTimers();
  const { live, teller, made } = openTeller();
  let go: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    go = resolve;
  });
  const underWay = teller.tell(ready);
  const { commit } = await live.prepare({ ...first, url: 'two' });
  expect(teller.word).toBe('one');
  commit();
  expect(teller.word).toBe('two');
  jest.advanceTimersByTime(999);
  go();
  expect(await underWay).toBe('one');
  expect(await teller.tell(Promise.resolve())).toBe('two');
  jest.advanceTimersByTime(1);
  expect(made.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  await live.stop();
  expect(made.map(({ isOpen }) => isOpen)).toEqual([false, false]);
});

test('only what reads a changed setting is made anew or told', async () => {
  const { live, teller, made } = openTeller();
  const told: string[] = [];
  live.follow(['level'], ({ level }) => told.push(level));
  (await live.prepare({ ...first, level: 'high', port: 2 })).commit();
  expect(made).toHaveLength(1);
  expect(told).toEqual(['high']);
  expect(live.now).toEqual({ url: 'one', level: 'high', port: 2 });
  expect(teller.word).toBe('one');
  expect([...live.names]).toEqual(['url', 'level']);
  await live.stop();
});

test('a change that is thrown away closes what it made, and so does one whose parts cannot be made', async () => {
  const { live, teller, made } = openTeller();
  await (await live.prepare({ ...first, url: 'two' })).discard();
  expect(made.map(({ isOpen }) => isOpen)).toEqual([true, false]);
  live.part(['url'], ({ url }) => {
    if (url === 'bad') throw new Error('cannot be made');
    return { part: new Teller(url) };
  });
  await expect(live.prepare({ ...first, url: 'bad' })).rejects.toThrow('cannot be made');
  expect(made.map(({ isOpen }) => isOpen)).toEqual([true, false, false]);
  expect(teller.word).toBe('one');
  expect(live.now).toBe(first);
  await live.stop();
});

test('a face cannot be written to, and knows what its part knows', async () => {
  const { live, teller } = openTeller();
  expect(() => {
    teller.isOpen = false;
  }).toThrow(TypeError);
  expect('word' in teller).toBe(true);
  expect('nothing' in teller).toBe(false);
  await live.stop();
});
