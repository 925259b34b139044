import { describe, expect, it } from '@jest/globals';
import { openFilms } from '../../services/media/open-films/open-films.js';
import { describeTrackerContract } from '../tracker.contract.js';
import { OpenFilmsTracker } from './open-films.tracker.js';

const film = { imdbId: 'tt1727587', title: 'Sintel', originalTitle: 'Sintel', year: 2010 };

describeTrackerContract('OpenFilmsTracker', () => ({
  tracker: new OpenFilmsTracker(),
  known: film,
  unknown: { ...film, imdbId: 'constructor' },
}));

describe('OpenFilmsTracker', () => {
  it('has a release of every film of the built-in catalogue', async () => {
    const { signal } = new AbortController();
    for (const openFilm of openFilms)
      expect(await new OpenFilmsTracker().search(openFilm, { signal })).toHaveLength(1);
  });

  it('knows films by their IMDb id alone', async () => {
    const { signal } = new AbortController();
    expect(await new OpenFilmsTracker().search({ ...film, imdbId: null }, { signal })).toEqual([]);
  });
});
