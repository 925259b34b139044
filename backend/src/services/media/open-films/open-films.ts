import type { MovieDetails } from '../metadata-provider.port.js';

/** Films of the Blender Foundation, all under Creative Commons Attribution (CC BY). */
export const openFilms: readonly MovieDetails[] = [
  film({
    openFilmId: 'big-buck-bunny',
    tmdbId: 10378,
    imdbId: 'tt1254207',
    title: 'Big Buck Bunny',
    year: 2008,
    runtimeSeconds: 596,
    overview:
      'A rabbit of great size and great patience loses the latter when three rodents spoil his spring morning.',
    genres: ['Animation', 'Comedy', 'Family'],
    // So that a child has something to see where there is no key; the others carry no rating.
    certification: 'G',
    directors: ['Sacha Goedegebure'],
  }),
  film({
    openFilmId: 'sintel',
    tmdbId: 45745,
    imdbId: 'tt1727587',
    title: 'Sintel',
    year: 2010,
    runtimeSeconds: 888,
    overview: 'A girl crosses mountains and deserts to find the young dragon that was torn from her.',
    genres: ['Animation', 'Fantasy', 'Adventure'],
    directors: ['Colin Levy'],
    cast: [
      { name: 'Halina Reijn', character: 'Sintel' },
      { name: 'Thom Hoffman', character: 'Shaman' },
    ],
  }),
  film({
    openFilmId: 'tears-of-steel',
    tmdbId: 133701,
    imdbId: 'tt2285752',
    title: 'Tears of Steel',
    year: 2012,
    runtimeSeconds: 734,
    overview:
      'In an Amsterdam overrun by machines, a crew of scientists bets everything on replaying one broken romance.',
    genres: ['Science Fiction', 'Action'],
    directors: ['Ian Hubert'],
  }),
  film({
    openFilmId: 'cosmos-laundromat',
    tmdbId: 358332,
    imdbId: 'tt4957236',
    title: 'Cosmos Laundromat',
    year: 2015,
    runtimeSeconds: 730,
    overview:
      'A sheep tired of its island meets a salesman who offers it the gift of any life it could wish for.',
    genres: ['Animation', 'Comedy', 'Fantasy'],
    directors: ['Mathieu Auvray'],
  }),
];

type Given =
  | 'openFilmId'
  | 'tmdbId'
  | 'imdbId'
  | 'title'
  | 'year'
  | 'runtimeSeconds'
  | 'overview'
  | 'genres'
  | 'directors';

function film(facts: Pick<MovieDetails, Given> & Partial<MovieDetails>): MovieDetails {
  return {
    originalTitle: facts.title,
    originalLanguage: 'en',
    releaseDate: null,
    posterPath: null,
    backdropPath: null,
    rating: null,
    voteCount: 0,
    tagline: 'An open film of the Blender Foundation, CC BY',
    certification: null,
    cast: [],
    ...facts,
  };
}
