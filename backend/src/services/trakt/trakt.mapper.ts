import type { OutboxEntry } from '../../repositories/trakt.repository.js';
import type { ForeignTitle, TitleIds } from '../watch/title-directory.port.js';
import type { ScrobbleBody } from './trakt.client.js';
import type { TraktHistoryRow, TraktListItemRow, TraktTitleRow, UnknownTitles } from './trakt.schemas.js';

/** The film or the show a row is about, and which episode. */
export interface RowSubject {
  type: 'movie' | 'show';
  title: TraktTitleRow;
  season: number | null;
  episode: number | null;
}

/** Null for what is neither a film nor an episode (a season, a person). */
export function subjectOf(row: Pick<TraktHistoryRow, 'movie' | 'show' | 'episode'>): RowSubject | null {
  if (row.show && row.episode)
    return { type: 'show', title: row.show, season: row.episode.season, episode: row.episode.number };
  if (row.movie) return { type: 'movie', title: row.movie, season: null, episode: null };
  return null;
}

/** A film or a whole show. Null for anything else. */
export function titleSubjectOf({
  type,
  movie,
  show,
}: Pick<TraktListItemRow, 'movie' | 'show'> & { type: string }): RowSubject | null {
  const whole = { season: null, episode: null };
  if (type === 'movie' && movie) return { type, title: movie, ...whole };
  return type === 'show' && show ? { type, title: show, ...whole } : null;
}

/** As the catalogue takes it in. */
export function foreignTitle({ type, title: { title, year, ids } }: RowSubject): ForeignTitle {
  return { type, title: title === '' ? 'Untitled' : title, year, tmdbId: ids.tmdb, imdbId: ids.imdb };
}

/** What Trakt calls a title of ours. */
export type RemoteIds = TitleIds & { traktId: number | null };

type Subject = Pick<OutboxEntry, 'season' | 'episode'>;

/** @param progress per cent */
export function scrobbleBody(progress: number, { season, episode }: Subject, ids: RemoteIds): ScrobbleBody {
  const rounded = Math.round(Math.min(100, Math.max(0, progress)) * 100) / 100;
  if (season === null || episode === null) return { progress: rounded, movie: { ids: idsOf(ids) } };
  return { progress: rounded, show: { ids: idsOf(ids) }, episode: { season, number: episode } };
}

/** One body for many plays. */
export function historyBody(
  plays: readonly (Subject & { at: Date; ids: RemoteIds })[],
): Record<'movies' | 'shows', object[]> {
  const movies: object[] = [];
  const shows: object[] = [];
  for (const { season, episode, at, ids } of plays) {
    const watchedAt = { watched_at: at.toISOString() };
    if (season === null || episode === null) movies.push({ ...watchedAt, ids: idsOf(ids) });
    else
      shows.push({
        ids: idsOf(ids),
        seasons: [{ number: season, episodes: [{ number: episode, ...watchedAt }] }],
      });
  }
  return { movies, shows };
}

/** Films and shows, as the watchlist takes them. */
export function titlesBody(titles: readonly RemoteIds[]): Record<'movies' | 'shows', object[]> {
  const bodiesOf = (type: RemoteIds['type']) =>
    titles.filter((title) => title.type === type).map((title) => ({ ids: idsOf(title) }));
  return { movies: bodiesOf('movie'), shows: bodiesOf('show') };
}

/** Ratings of films, shows and episodes. @param ratings without a number they are taken back */
export function ratingsBody(
  ratings: readonly (Subject & { rating: number | null; at: Date; ids: RemoteIds })[],
): Record<'movies' | 'shows', object[]> {
  const bodies: Record<'movies' | 'shows', object[]> = { movies: [], shows: [] };
  for (const { season, episode, rating, at, ids } of ratings) {
    const said = rating === null ? {} : { rating, rated_at: at.toISOString() };
    if (season === null || episode === null)
      bodies[ids.type === 'movie' ? 'movies' : 'shows'].push({ ...said, ids: idsOf(ids) });
    else
      bodies.shows.push({
        ids: idsOf(ids),
        seasons: [{ number: season, episodes: [{ number: episode, ...said }] }],
      });
  }
  return bodies;
}

/** Whether a line of Trakt's history is the play of this title at about this moment. */
export function isPlayOf(
  row: TraktHistoryRow,
  play: Subject & { at: Date; ids: RemoteIds },
  toleranceMs: number,
): boolean {
  const subject = subjectOf(row);
  if (!subject || subject.season !== play.season || subject.episode !== play.episode) return false;
  if (Math.abs(Date.parse(row.watched_at) - play.at.getTime()) > toleranceMs) return false;
  const { trakt, tmdb, imdb } = subject.title.ids;
  return (
    (trakt !== null && trakt === play.ids.traktId) ||
    (tmdb !== null && tmdb === play.ids.tmdbId) ||
    (imdb !== null && imdb === play.ids.imdbId)
  );
}

/** Whether a title is among those that Trakt said it does not know. */
export function isUnknown({ type, traktId, tmdbId, imdbId }: RemoteIds, unknown: UnknownTitles): boolean {
  return unknown[type].some(
    ({ trakt, tmdb, imdb }) =>
      (trakt !== null && trakt === traktId) ||
      (tmdb !== null && tmdb === tmdbId) ||
      (imdb !== null && imdb === imdbId),
  );
}

export function hasRemoteId({ traktId, tmdbId, imdbId }: RemoteIds): boolean {
  return traktId !== null || tmdbId !== null || imdbId !== null;
}

function idsOf({ traktId, tmdbId, imdbId }: RemoteIds): object {
  return {
    ...(traktId !== null && { trakt: traktId }),
    ...(tmdbId !== null && { tmdb: tmdbId }),
    ...(imdbId !== null && { imdb: imdbId }),
  };
}
