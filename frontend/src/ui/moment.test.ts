import { expect, test } from '@jest/globals';
import { formatAgo } from './moment.js';

const now = Date.parse('2026-11-22T12:00:00Z');

test.each([
  ['2026-11-22T12:00:05Z', 'just now'],
  ['2026-11-22T11:59:30Z', 'just now'],
  ['2026-11-22T11:58:00Z', '2 minutes ago'],
  ['2026-11-22T11:00:00Z', '1 hour ago'],
  ['2026-11-21T11:00:00Z', 'yesterday'],
  ['2026-11-18T11:00:00Z', '4 days ago'],
  ['2026-11-01T11:00:00Z', '1 Nov 2026'],
])('%s is %s', (moment, words) => expect(formatAgo(moment, now)).toBe(words));
