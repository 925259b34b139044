import { expect, it } from '@jest/globals';
import type { HistoryItem } from '../../api/types.js';
import { byDay } from './by-day.js';

const line = (id: string, watchedAt: Date): HistoryItem => ({
  ...{ id, mediaId: id, type: 'movie', title: id, year: null, posterUrl: null, backdropUrl: null },
  ...{
    season: null,
    episode: null,
    episodeTitle: null,
    watchedAt: watchedAt.toISOString(),
    origin: 'player',
  },
});

it('puts lines under their days, in the local time of who reads', () => {
  const now = new Date(2026, 10, 22, 9).getTime();
  const days = byDay(
    [
      line('a', new Date(2026, 10, 22, 0, 5)),
      line('b', new Date(2026, 10, 21, 23, 55)),
      line('c', new Date(2026, 10, 21, 8)),
      line('d', new Date(2025, 0, 2, 8)),
    ],
    now,
  );
  expect(days.map(({ title, items }) => [title, items.map(({ id }) => id)])).toEqual([
    ['Today', ['a']],
    ['Yesterday', ['b', 'c']],
    ['2 Jan 2025', ['d']],
  ]);
});

it('says that the date of a play is unknown where Trakt tells 1970', () => {
  const [day] = byDay([line('a', new Date(0))], Date.UTC(2026, 10, 22));
  expect(day?.title).toBe('Date unknown');
});
