import { describe, expect, it } from '@jest/globals';
import { openFilms } from '../../services/media/open-films/open-films.js';
import { testTools } from '../../test-support/test-sources.js';
import { describeIndexerContract } from '../indexer.contract.js';
import { OpenFilmsIndexer } from './open-films.indexer.js';

const tools = testTools(() => {
  throw new Error('it asks nobody');
});
const film = {
  imdbId: 'tt1727587',
  tmdbId: null,
  title: 'Sintel',
  originalTitle: 'Sintel',
  year: 2010,
  runtimeSeconds: null,
};

describeIndexerContract('OpenFilmsIndexer', () => ({
  indexer: new OpenFilmsIndexer('Open films', tools),
  known: film,
  unknown: { ...film, imdbId: 'constructor' },
}));

describe('OpenFilmsIndexer', () => {
  it('has a release of every film of the built-in catalogue', async () => {
    const { signal } = new AbortController();
    for (const openFilm of openFilms)
      expect(
        await new OpenFilmsIndexer('Open films', tools).search({ ...film, ...openFilm }, { signal }),
      ).toHaveLength(1);
  });

  it('knows films by their IMDb id alone', async () => {
    const { signal } = new AbortController();
    expect(
      await new OpenFilmsIndexer('Open films', tools).search({ ...film, imdbId: null }, { signal }),
    ).toEqual([]);
  });
});
