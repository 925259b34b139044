import { describe, expect, it } from '@jest/globals';
import type { Trakt } from '../../api/types.js';
import { codeEnded, howFar, whatWaits, whatWasDecided } from './trakt-words.js';

const waiting: Trakt['waiting']['items'][number] = {
  ...{ id: '1', task: 'scrobble', action: 'start', title: 'Sintel', season: null, episode: null },
  progress: null,
  ...{
    at: '2026-11-22T12:00:00Z',
    state: 'waiting',
    attempts: 0,
    dueAt: '2026-11-22T12:00:00Z',
    reason: null,
  },
};

describe('what waits for Trakt', () => {
  it('is said as people say it', () => {
    expect(whatWaits(waiting)).toBe('Sintel, playing');
    expect(whatWaits({ ...waiting, action: 'stop' })).toBe('Sintel, watched');
    expect(whatWaits({ ...waiting, task: 'history-remove', action: null })).toBe(
      'Sintel, out of the history',
    );
    expect(whatWaits({ ...waiting, task: 'watchlist-add', action: null })).toBe('Sintel, on the watchlist');
    expect(whatWaits({ ...waiting, task: 'rating-set', action: null, progress: 8 })).toBe('Sintel, rated 8');
    expect(whatWaits({ ...waiting, task: 'rating-remove', action: null })).toBe('Sintel, rating taken back');
    expect(whatWaits({ ...waiting, title: null, season: 1, episode: 2 })).toBe('A title S1 E2, playing');
  });
});

it('says whose word counted', () => {
  const decision = { at: '2026-11-22T12:00:00Z', title: 'Sintel', season: null, episode: null } as const;
  expect(whatWasDecided({ ...decision, rule: 'place', winner: 'here' })).toMatch(/^Sintel: the place here/);
  expect(whatWasDecided({ ...decision, rule: 'unmarked', winner: 'here' })).toMatch(/counts as not watched/);
  expect(whatWasDecided({ ...decision, rule: 'rating', winner: 'trakt' })).toMatch(/rating at Trakt/);
  expect(whatWasDecided({ ...decision, rule: 'list-removed', winner: 'trakt', title: null })).toMatch(
    /^A list/,
  );
});

it('tells how far the reading is, with both numbers', () => {
  const progress = {
    ...{ phase: 'history' as const, whole: true, page: 3, pages: 120, items: 740, totalItems: 30_000 },
    ...{ received: 750, skipped: 10 },
  };
  const status: Trakt = {
    ...{ configured: true, linked: true, username: 'a', status: 'linked', trouble: null, pausedUntil: null },
    ...{ linkedAt: null, syncedAt: null, syncing: true, progress, waiting: { total: 0, items: [] } },
    decisions: [],
  };
  expect(howFar(status)).toBe('750 of 30,000 plays read.');
  expect(howFar({ ...status, progress: { ...progress, phase: 'done' }, syncing: false })).toBe('');
});

it('says why a code came to nothing, and nothing while it may still', () => {
  expect(codeEnded('pending')).toBe('');
  expect(codeEnded('denied')).toMatch(/refused/);
});
