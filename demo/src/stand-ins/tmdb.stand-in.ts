import type { Context, Hono } from 'hono';
import { Fixtures } from './fixtures.js';
import { StandIn } from './stand-in.js';
import { TmdbAnswers } from './tmdb-answers.js';
import { TmdbImages } from './tmdb-images.js';
import { type TitleKind, TmdbLibrary } from './tmdb-library.js';

/** Shaped like a v4 read token (a JWT), and worth nothing. */
export const TMDB_TOKEN = [{ alg: 'none' }, { aud: 'kinora-demo' }, 'demo']
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

const LISTS: Record<TitleKind, readonly string[]> = {
  movie: ['popular', 'top_rated', 'now_playing', 'upcoming'],
  tv: ['popular', 'top_rated', 'on_the_air', 'airing_today'],
};

/** TMDB v3: details, seasons, people, search, lists, changes, discover and images, over the films of the fixtures. */
export function createTmdbStandIn(): StandIn {
  const fixtures = new Fixtures('tmdb');
  const library = new TmdbLibrary(fixtures);
  const answers = new TmdbAnswers(fixtures, library);
  return new StandIn({
    name: 'tmdb',
    fixtures,
    refuse: (c) => (isPublic(c) || hasKey(c) ? null : answers.unauthorized()),
    addRoutes: (app, baseUrl) => {
      const images = learnedImages(library);
      app.get('/t/p/:size/:file', (c) => {
        const { size, file } = c.req.param();
        const picture = images.draw(size, `/${file}`);
        return c.body(Uint8Array.from(picture), 200, {
          'content-type': 'image/png',
          'cache-control': 'public, max-age=31919000',
        });
      });
      app.get('/3/configuration', () => answers.configuration(baseUrl()));
      app.get('/3/search/:kind', (c) => answers.search(c.req.param('kind'), c.req.query()));
      app.get('/3/trending/:kind/:window', (c) => answers.trending(c.req.param('kind'), c.req.query()));
      app.get('/3/find/:id', (c) => answers.find(c.req.param('id')));
      app.get('/3/genre/:kind/list', (c) =>
        answers.genres(c.req.param('kind'), c.req.query('language') ?? 'en'),
      );
      app.get('/3/person/:id{[0-9]+}', (c) => answers.person(c.req.param('id'), c.req.query()));
      app.get('/3/list/:id', (c) => answers.publicList(c.req.param('id'), c.req.query()));
      addTitleRoutes(app, 'movie', answers);
      addTitleRoutes(app, 'tv', answers);
      app.get('/3/tv/:id/season/:season', (c) => answers.season(c.req.param('id'), c.req.param('season')));
      app.get('/3/tv/:id/season/:season/episode/:episode', (c) =>
        answers.episode(c.req.param('id'), c.req.param('season'), c.req.param('episode')),
      );
    },
    unknownPath: () => answers.notFound(),
  });
}

function addTitleRoutes(app: Hono, kind: TitleKind, answers: TmdbAnswers): void {
  for (const list of LISTS[kind])
    app.get(`/3/${kind}/${list}`, (c) => answers.list(kind, list, c.req.query()));
  app.get(`/3/${kind}/changes`, (c) => answers.changes(kind, c.req.query()));
  app.get(`/3/discover/${kind}`, (c) => answers.discover(kind, c.req.query()));
  app.get(`/3/${kind}/:id{[0-9]+}`, (c) => answers.details(kind, c.req.param('id'), c.req.query()));
  for (const block of ['recommendations', 'similar']) {
    app.get(`/3/${kind}/:id{[0-9]+}/${block}`, (c) =>
      answers.related(kind, c.req.param('id'), c.req.query()),
    );
  }
  app.get(`/3/${kind}/:id{[0-9]+}/:block`, (c) =>
    answers.block(kind, c.req.param('id'), c.req.param('block'), c.req.query()),
  );
}

/** Images need no key. */
function isPublic(c: Context): boolean {
  return c.req.path.startsWith('/t/p/');
}

function hasKey(c: Context): boolean {
  const bearer = c.req.header('authorization')?.replace(/^Bearer /, '');
  return (bearer ?? c.req.query('api_key')) === TMDB_TOKEN;
}

function learnedImages(library: TmdbLibrary): TmdbImages {
  const images = new TmdbImages();
  for (const kind of ['movie', 'tv'] as const) {
    for (const details of library.all(kind)) images.learn(details);
  }
  images.learn([...library.people]);
  return images;
}
