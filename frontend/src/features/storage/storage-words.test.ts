import { expect, test } from '@jest/globals';
import { bucketWords, budgetWords, itemFacts } from './storage-words.js';

const now = Date.parse('2026-11-22T12:00:00Z');
const item = {
  id: 'a',
  title: 'Sintel',
  infoHash: 'a',
  mediaId: null,
  bytes: 500_000_000,
  bucketBytes: 0,
  lengthBytes: 1_000_000_000,
  files: [],
  lastUsedAt: '2026-11-20T12:00:00Z',
  usedBy: ['kim', 'lee'],
  pinned: false,
  playing: false,
  nextToGo: false,
};

test('an item says how much of it there is, and who watched it', () => {
  expect(itemFacts(item, now)).toBe('500 MB of 1.0 GB, watched 2 days ago by kim and lee');
  expect(itemFacts({ ...item, bytes: 1_000_001_536, usedBy: ['kim', 'lee', 'max', 'zoe'] }, now)).toBe(
    '1.0 GB, watched 2 days ago by kim, lee and 2 more',
  );
  expect(itemFacts({ ...item, lengthBytes: null, lastUsedAt: null, usedBy: [] }, now)).toBe(
    '500 MB, never watched',
  );
});

test('the budget names the disk when that is what is short', () => {
  const overview = { items: [], totalBytes: 5e9, limitBytes: 20e9, freeBytes: 78e9, minFreeBytes: 1e9 };
  expect(budgetWords(overview)).toBe('5.0 GB of 20.0 GB used. The disk has 78.0 GB free.');
  expect(budgetWords({ ...overview, freeBytes: 3e9 })).toBe(
    '5.0 GB of 20.0 GB used. The disk has only 3.0 GB free, and 1.0 GB of that stays free.',
  );
});

test('what lies in the bucket is told beside what lies here', () => {
  expect(itemFacts({ ...item, bucketBytes: 1_000_000_000 }, now)).toContain(
    '500 MB of 1.0 GB, 1.0 GB in the bucket',
  );
  expect(itemFacts({ ...item, bytes: 0, bucketBytes: 1_000_000_000, usedBy: [] }, now)).toBe(
    '1.0 GB in the bucket, used 2 days ago',
  );
  const bucket = { isReachable: true, totalBytes: 5e9, limitBytes: null };
  expect(bucketWords(bucket)).toBe('The bucket that servers share holds 5.0 GB.');
  expect(bucketWords({ ...bucket, limitBytes: 9e9 })).toBe(
    'The bucket that servers share holds 5.0 GB of 9.0 GB.',
  );
  expect(bucketWords({ ...bucket, isReachable: false })).toContain('does not answer');
});
