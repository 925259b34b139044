import { describe, expect, it } from '@jest/globals';
import type { WantedTitle } from '../../services/source/indexer.port.js';
import { queriesFor } from './torznab.query.js';

const film: WantedTitle = {
  imdbId: 'tt0000042',
  tmdbId: null,
  title: 'Library of the Sea',
  originalTitle: '海の図書館',
  aliases: ['Umi no Toshokan', 'Библиотека моря', 'La biblioteca del mar', 'Knihovna moře'],
  year: 2016,
  runtimeSeconds: null,
};
const series: WantedTitle = {
  ...film,
  episode: { season: 2, number: 5, absolute: 30, airDate: '2017-03-04' },
};
const capabilities = (tvsearch: readonly string[] | null) => ({
  movie: new Set(['q', 'imdbid']),
  tvsearch: tvsearch && new Set(tvsearch),
  search: new Set(['q']),
});
const asked = (title: WantedTitle, tvsearch: readonly string[] | null) =>
  queriesFor(title, capabilities(tvsearch), [1]).map(({ cat: _, ...query }) =>
    Object.values(query).join(' '),
  );

describe('queriesFor', () => {
  it('asks for a film by id, then by its title, then by a few other names in Latin letters', () => {
    expect(asked(film, null)).toEqual([
      'movie tt0000042',
      'movie Library of the Sea 2016',
      'movie Umi no Toshokan 2016',
      'movie La biblioteca del mar 2016',
    ]);
  });

  it('F53 asks for an episode by its number counted through and by its day when nothing else is found', () => {
    expect(asked({ ...series, aliases: ['Umi no Toshokan'] }, ['q', 'season', 'ep', 'imdbid'])).toEqual([
      'tvsearch tt0000042 2 5',
      'tvsearch tt0000042 2',
      'tvsearch Library of the Sea 2 5',
      'search Library of the Sea 30',
      'search Library of the Sea 2017 03 04',
      'tvsearch Umi no Toshokan 2 5',
      'search Umi no Toshokan 30',
      'search Umi no Toshokan 2017 03 04',
    ]);
  });

  it('asks in words where the server knows no seasons', () => {
    expect(asked({ ...series, aliases: null, originalTitle: 'Library of the Sea' }, null)).toEqual([
      'search Library of the Sea S02E05',
      'search Library of the Sea S02',
      'search Library of the Sea 30',
      'search Library of the Sea 2017 03 04',
    ]);
  });

  it('counts no specials through', () => {
    const special = { season: 0, number: 1, absolute: null, airDate: '2017-03-04' };
    expect(asked({ ...series, aliases: [], episode: special }, ['q', 'season', 'ep'])).toEqual([
      'tvsearch Library of the Sea 0 1',
      'tvsearch Library of the Sea 0',
    ]);
  });
});
