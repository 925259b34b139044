import { Movie } from '../../entities/movie.entity.js';
import { TVShow } from '../../entities/tv-show.entity.js';
import type { MovieRepository } from '../../repositories/movie.repository.js';
import type { ShowRepository } from '../../repositories/show.repository.js';
import type { ShownTitle, ShownTitleRepository } from '../../repositories/shown-title.repository.js';
import type { TitleRef } from '../../repositories/title.repository.js';
import type { TranslationRepository } from '../../repositories/translation.repository.js';
import { isStoredLanguage } from './language.js';
import type { MovieSummary, ShowSummary, TitleSummary } from './metadata-provider.port.js';
import type { Title } from './reader.js';

/** What providers list is stored, so that every title has an id of ours; and stored titles are shown in a language. */
export class TitleStore {
  constructor(
    readonly movies: MovieRepository,
    readonly shows: ShowRepository,
    readonly translations: TranslationRepository,
    private readonly shown: ShownTitleRepository,
  ) {}

  /** Stores titles that are new or have changed. Texts in other languages never replace stored ones. In the order given. */
  async keep(summaries: readonly TitleSummary[], language: string): Promise<TitleRef[]> {
    const isOurs = isStoredLanguage(language);
    const movies = summaries.filter((summary): summary is MovieSummary => summary.type !== 'show');
    const shows = summaries.filter((summary): summary is ShowSummary => summary.type === 'show');
    const keptMovies = await this.movies.upsertMany(
      isOurs ? movies : await this.withStoredTexts(movies, 'movie'),
    );
    const keptShows = await this.shows.upsertMany(isOurs ? shows : await this.withStoredTexts(shows, 'show'));
    const refs = summaries.map((summary): TitleRef => {
      const isShow = summary.type === 'show';
      const kept = isShow ? keptShows.shift() : keptMovies.shift();
      return { mediaId: kept?.id ?? '', type: isShow ? 'show' : 'movie' };
    });
    if (!isOurs) {
      const texts = summaries.map(({ title, overview, posterPath }, index) => {
        return { mediaId: refs[index]?.mediaId ?? '', language, title, overview, posterPath };
      });
      await this.translations.upsertMany(texts);
    }
    return refs;
  }

  /** In the order given, each once; unknown ones are left out. */
  async load(refs: readonly TitleRef[], language: string): Promise<Title[]> {
    const known = await this.mapByIds(refs, language);
    return inOrder(refs, known);
  }

  /** By the id asked for, which is not the film's own where it turned out to be another one; unknown ones are left out. */
  async mapByIds(refs: readonly TitleRef[], language: string): Promise<Map<string, Title>> {
    const idsOf = (wanted: TitleRef['type']) => [
      ...new Set(refs.filter(({ type }) => type === wanted).map(({ mediaId }) => mediaId)),
    ];
    const movies = await this.movies.mapByIds(idsOf('movie'));
    const shows = await this.shows.findByIds(idsOf('show'));
    const byId = new Map<string, Title>([...movies, ...shows.map((show) => [show.id, show] as const)]);
    const titles = new Map([...byId.values()].map((title) => [title.id, title]));
    const told = new Map(
      (await this.inLanguage([...titles.values()], language)).map((title) => [title.id, title]),
    );
    return new Map([...byId].map(([id, title]) => [id, told.get(title.id) ?? title]));
  }

  /** As `load`, with no more of each title than lists show. */
  async loadShown(refs: readonly TitleRef[], language: string): Promise<ShownTitle[]> {
    return inOrder(refs, await this.mapShown(refs, language));
  }

  /** As `mapByIds`, with no more of each title than lists show. */
  async mapShown(refs: readonly TitleRef[], language: string): Promise<Map<string, ShownTitle>> {
    const known = await this.shown.mapByIds(refs);
    if (isStoredLanguage(language)) return known;
    const texts = await this.translations.findMany(
      [...new Set([...known.values()].map(({ id }) => id))],
      language,
    );
    return new Map(
      [...known].map(([id, shown]) => {
        const text = texts.get(shown.id);
        if (!text) return [id, shown];
        const title = text.title || shown.title;
        const overview = text.overview || shown.overview;
        return [id, { ...shown, title, overview, posterPath: text.posterPath || shown.posterPath }];
      }),
    );
  }

  /** The titles with the texts of a language laid over them, as far as they are known. */
  async inLanguage(titles: readonly Title[], language: string): Promise<Title[]> {
    if (isStoredLanguage(language)) return [...titles];
    const texts = await this.translations.findMany(
      titles.map(({ id }) => id),
      language,
    );
    return titles.map((title) => {
      const text = texts.get(title.id);
      if (!text) return title;
      const { title: name, overview, tagline, genres, posterPath } = text;
      const known = Object.entries({ title: name, overview, tagline, genres, posterPath }).filter(
        ([, value]) => value !== null && value.length > 0,
      );
      const copy: Title = title.type === 'movie' ? new Movie() : new TVShow();
      return Object.assign(copy, title, Object.fromEntries(known));
    });
  }

  private async withStoredTexts<T extends TitleSummary>(
    summaries: readonly T[],
    type: TitleRef['type'],
  ): Promise<T[]> {
    const tmdbIds = summaries.flatMap(({ tmdbId }) => tmdbId ?? []);
    const stored: Title[] =
      type === 'movie' ? await this.movies.findByTmdbIds(tmdbIds) : await this.shows.findByTmdbIds(tmdbIds);
    const byTmdbId = new Map(stored.map((title) => [title.tmdbId, title]));
    return summaries.map((summary) => {
      const known = byTmdbId.get(summary.tmdbId);
      if (!known) return summary;
      return { ...summary, title: known.title, overview: known.overview, posterPath: known.posterPath };
    });
  }
}

/** Each once, in the order of the refs; unknown ones are left out. */
export function inOrder<T extends ShownTitle>(refs: readonly TitleRef[], known: ReadonlyMap<string, T>): T[] {
  const titles = new Map<string, T>();
  for (const { mediaId } of refs) {
    const title = known.get(mediaId);
    if (title) titles.set(title.id, title);
  }
  return [...titles.values()];
}
