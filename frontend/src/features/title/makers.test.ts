import { describe, expect, it } from '@jest/globals';
import type { Movie } from '../../api/types.js';
import { makersOf } from './makers.js';

const credit = (personId: string, name: string, role: string) => ({ personId, name, role, profileUrl: null });

function film(change: Pick<Movie, 'directors' | 'credits'>): Movie {
  return {
    id: 'm1',
    type: 'movie',
    title: 'Sintel',
    year: 2010,
    posterUrl: null,
    posterColor: null,
    backdropUrl: null,
    rating: null,
    runtimeSeconds: 888,
    overview: '',
    originalTitle: 'Sintel',
    originalLanguage: 'en',
    tagline: '',
    releaseDate: null,
    certification: null,
    genres: [],
    cast: [],
    videos: [],
    listIds: [],
    stale: false,
    licenseUrl: null,
    externalIds: { tmdb: null, imdb: null, trakt: null, archive: null },
    ...change,
  };
}

describe('makersOf', () => {
  it('names directors with their pages, and writers once however they wrote', () => {
    const crew = [
      credit('p1', 'Colin Levy', 'Director'),
      credit('p2', 'Esther Wouda', 'Screenplay'),
      credit('p2', 'Esther Wouda', 'Story'),
      credit('p3', 'Jan Morgenstern', 'Original Music Composer'),
    ];
    expect(makersOf(film({ directors: ['Colin Levy'], credits: { cast: [], crew } }))).toEqual([
      { words: 'Director', people: [{ name: 'Colin Levy', personId: 'p1' }] },
      { words: 'Writer', people: [{ name: 'Esther Wouda', personId: 'p2' }] },
    ]);
  });

  it('names a director of whom nothing else is known', () => {
    const makers = makersOf(film({ directors: ['A', 'B'], credits: { cast: [], crew: [] } }));
    expect(makers).toEqual([
      {
        words: 'Directors',
        people: [
          { name: 'A', personId: null },
          { name: 'B', personId: null },
        ],
      },
    ]);
  });

  it('leaves out what is not known', () => {
    expect(makersOf(film({ directors: [], credits: { cast: [], crew: [] } }))).toEqual([]);
  });
});
