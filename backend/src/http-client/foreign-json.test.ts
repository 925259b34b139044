import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { findSuperLinearGrowth } from '../test-support/growth.js';
import { parseForeignJson } from './foreign-json.js';
import { listOf, longListOf, texts } from './foreign-lists.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const megabytes = (part: string, size: number) => part.repeat(Math.ceil((size * 1024 * 1024) / part.length));

/** Runs `work` and counts the turns of the event loop meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}

describe('parseForeignJson', () => {
  it('reads documents of any size that hold a bearable number of values', async () => {
    expect(await parseForeignJson(bytesOf('{"a":[1,"b"]}'))).toEqual({ a: [1, 'b'] });
    const long = megabytes('[",{:\\"', 7);
    expect(await parseForeignJson(bytesOf(JSON.stringify({ long })))).toEqual({ long });
    const files = Array.from({ length: 5_000 }, (_, n) => ({ name: `${n}.mp4`, size: '1', format: 'h.264' }));
    expect(await parseForeignJson(bytesOf(JSON.stringify({ files })))).toEqual({ files });
  });

  it.each([
    ['numbers', `[${megabytes('0,', 7)}0]`, 'too many values'],
    ['lists', `[${megabytes('[],', 7)}0]`, 'too many values'],
    ['keys', `{${megabytes('"a":1,', 7)}"b":1}`, 'too many values'],
    ['depth', megabytes('[', 7), 'nested too deeply'],
    ['text that does not end', `["${megabytes('a', 7)}`, 'not JSON'],
    ['what is no JSON', 'x', 'not JSON'],
  ])('T51 T55 refuses 7 MB of %s before parsing them', async (_name, text, reason) => {
    await expect(parseForeignJson(bytesOf(text))).rejects.toMatchObject({ reason });
  });

  it.each(['"', '\\', '"\\"', '[', '{"a":', '0,', '"a":1,', ' '])(
    'T71 looks at many %j in time linear in their length',
    async (part) => {
      const make = (size: number) => bytesOf(part.repeat(Math.ceil(size / part.length)));
      const read = (bytes: Uint8Array) => parseForeignJson(bytes).catch(() => null);
      expect(await findSuperLinearGrowth(make, read, { sizes: [65_536, 524_288] })).toBeNull();
    },
  );
});

describe('lists of foreign rows', () => {
  const row = z.object({ id: z.number() });

  it('leave out rows that do not fit and rows beyond the limit', async () => {
    const values = [{ id: 1 }, { id: 'x' }, null, { id: 2 }, { id: 3 }];
    expect(listOf(row, 4).parse(values)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(longListOf(row, 4).parse(values)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(listOf(row, 4).safeParse({}).success).toBe(false);
    expect(longListOf(row, 4).safeParse(undefined).success).toBe(false);
    const many = Array.from({ length: 3_000 }, (_, id) => ({ id }));
    expect(await longListOf(row, 2_000).parseAsync(many)).toEqual(many.slice(0, 2_000));
  });

  it('T51 look at no more than the limit of a million rows that do not fit', () => {
    let looked = 0;
    const counted = z.unknown().transform((_value, context) => {
      looked += 1;
      context.addIssue('odd');
      return z.NEVER;
    });
    expect(listOf(counted, 100).parse(new Array(1_000_000).fill(0))).toEqual([]);
    expect(looked).toBe(100);
  });

  it('give others their turn while many rows are checked', async () => {
    const slow = z.unknown().transform((value) => {
      for (let n = 0, end = performance.now() + 1; performance.now() < end; n += 1);
      return value;
    });
    const turns = await turnsDuring(() => longListOf(slow, 400).parseAsync(new Array(400).fill(0)));
    expect(turns).toBeGreaterThan(20);
  });

  it('read one text, one number and a list of them as texts', () => {
    expect(texts.parse('a')).toEqual(['a']);
    expect(texts.parse(5)).toEqual(['5']);
    expect(texts.parse(['a', 5, null, {}])).toEqual(['a', '5']);
    expect(texts.parse(undefined)).toEqual([]);
    expect(texts.parse(new Array(1_000).fill('a'))).toHaveLength(200);
    expect(texts.parse('x'.repeat(100_000))[0]).toHaveLength(50_000);
  });
});
