import { describe, expect, test } from '@jest/globals';
import { LiveRecords } from './live-records.js';

interface Count {
  times: number;
  until: number;
}

const make = (capacity: number) => {
  const clock = { now: 0 };
  const records = new LiveRecords<Count>({
    capacity,
    create: () => ({ times: 0, until: 0 }),
    isLive: ({ times, until }) => times > 0 && clock.now < until,
  });
  const use = (key: string): number => {
    const record = records.open(key);
    record.times += 1;
    record.until = clock.now + 10;
    return record.times;
  };
  return { clock, records, use };
};

describe('T37 records of which none is evicted while it is live', () => {
  test('further keys share 1,024 records while all others are live', () => {
    const { records, use } = make(3);
    for (const key of ['a', 'b', 'c']) use(key);
    for (let i = 0; i < 20_000; i += 1) use(`flood ${i}`);
    for (const key of ['a', 'b', 'c']) expect(use(key)).toBe(2);
    expect(records.size).toBe(3 + 1_024);
    // A new key has no more than is left of its shared record.
    expect(records.find('new')?.times).toBeGreaterThan(0);
  });

  test('a key stays on its shared record while that is live, even when there is room again', () => {
    const { clock, records, use } = make(1);
    use('a');
    clock.now = 5;
    use('late');
    clock.now = 12;
    expect(use('late')).toBe(2);
    // Of these at least one does not share the record of `late`.
    const other = ['b', 'c', 'd', 'e', 'f'].find((key) => records.find(key) === null) ?? 'none';
    expect(use(other)).toBe(1);
    expect(records.find('a')).toBeNull();
    clock.now = 22;
    expect(use('late')).toBe(1);
  });

  test('looking for a record stores nothing; one that counts nothing is released', () => {
    const { records, use } = make(2);
    expect(records.find('a')).toBeNull();
    expect(records.size).toBe(0);
    for (const key of ['a', 'b', 'shared']) use(key);
    for (const key of ['shared', 'a', 'b']) {
      const record = records.find(key);
      if (!record) throw new Error(`No record for ${key}.`);
      records.settle(key, record);
      expect(records.find(key)).toBe(record);
      record.times = 0;
      records.settle(key, record);
      expect(records.find(key)).toBeNull();
    }
    expect(records.size).toBe(0);
  });
});
