import { describe, expect, it } from '@jest/globals';
import type { MediaSummary, Person } from '../../api/types.js';
import { lifeWords, titlesOf } from './person-words.js';

const title: MediaSummary = {
  id: 'm1',
  type: 'movie',
  title: 'Sintel',
  year: 2010,
  posterUrl: null,
  posterColor: null,
  backdropUrl: null,
  rating: null,
  runtimeSeconds: null,
  overview: '',
};
const somebody: Person = {
  id: 'p1',
  name: 'Halina Reijn',
  knownFor: 'Acting',
  profileUrl: null,
  biography: '',
  birthday: '1975-11-10',
  deathday: null,
  birthplace: 'Amsterdam',
  work: [],
  stale: false,
};

describe('somebody', () => {
  it('is told with what is known of their life', () => {
    expect(lifeWords(somebody)).toBe('Acting · 10 November 1975, Amsterdam');
    expect(lifeWords({ ...somebody, birthday: null, birthplace: null, knownFor: null })).toBe('');
    expect(lifeWords({ ...somebody, deathday: '2020-01-02' })).toContain('died 2 January 2020');
  });

  it('has each title once, with all roles in it', () => {
    const work = [
      { kind: 'cast' as const, role: 'Sintel', title },
      { kind: 'crew' as const, role: 'Producer', title },
      { kind: 'crew' as const, role: 'Producer', title },
    ];
    expect(titlesOf(work)).toEqual([{ title, roles: 'Sintel, Producer' }]);
  });
});
