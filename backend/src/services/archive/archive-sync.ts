import { fold } from '../../entities/fold.js';
import type { Movie } from '../../entities/movie.entity.js';
import type { MovieRepository } from '../../repositories/movie.repository.js';
import type { SyncStateRepository } from '../../repositories/sync-state.repository.js';
import type { FilmMerger } from '../media/film-merger.js';
import { defaultLanguage } from '../media/language.js';
import type { MetadataProvider } from '../media/metadata-provider.port.js';
import { isSameFilm } from '../media/same-film.js';
import type { TitleDetails } from '../media/title-details.js';
import type { TitleStore } from '../media/title-store.js';
import type { ArchiveClient } from './archive.client.js';
import { toArchiveSummary } from './archive.mapper.js';

export interface ArchiveSyncOptions {
  /** Null while the Archive is turned off. */
  client: () => ArchiveClient | null;
  provider: MetadataProvider;
  store: TitleStore;
  movies: MovieRepository;
  details: TitleDetails;
  merger: FilmMerger;
  syncs: SyncStateRepository;
}

const pageRows = 200;
/** The Archive's pages end near the first 10,000 rows. */
const mostPages = 25;
const matchedAtOnce = 40;
const matchCursor = 'archive:match';

/** Keeps the Archive's films in the library, and joins them with what TMDB knows of them. */
export class ArchiveSync {
  constructor(private readonly options: ArchiveSyncOptions) {}

  /** Stores what is offered. An empty or failing answer takes nothing away. */
  async takeCatalogue(signal: AbortSignal): Promise<void> {
    const client = this.options.client();
    if (!client) return;
    for (let page = 1; page <= mostPages; page += 1) {
      signal.throwIfAborted();
      const { docs, numFound } = await client.listFilms(page, { rows: pageRows, signal });
      const films = docs.flatMap((item) => toArchiveSummary(item) ?? []);
      await this.options.store.keep(films, defaultLanguage);
      if (docs.length === 0 || page * pageRows >= numFound) return;
    }
  }

  /** Looks some of the Archive's films up at TMDB, each time the next ones. */
  async match(signal: AbortSignal): Promise<void> {
    const { provider, movies, syncs } = this.options;
    if (provider.catalogue !== 'tmdb') return;
    const after = (await syncs.find(matchCursor))?.cursor ?? '';
    const films = await movies.listOnlyArchived(after, matchedAtOnce);
    for (const film of films) {
      signal.throwIfAborted();
      await this.matchOne(film);
      await syncs.save(matchCursor, film.id);
    }
    if (films.length < matchedAtOnce) await syncs.save(matchCursor, '');
  }

  private async matchOne(found: Movie): Promise<void> {
    const { details, merger, movies, provider, store } = this.options;
    const query = { language: defaultLanguage, background: true };
    // Its own page first, which tells how long it is and sometimes its IMDb id; by that it is joined at once.
    if (found.detailsFetchedAt === null) await details.ask(found, query);
    const film = await movies.findById(found.id);
    if (film?.id !== found.id || film.tmdbId !== null) return;
    if (film.imdbId !== null) await details.ask(film, query);
    const { items } = await provider.search({ ...query, text: film.title, page: 1, type: 'movie' });
    const candidates = items
      .filter((item) => item.type !== 'show')
      .filter(({ title, originalTitle }) =>
        [title, originalTitle].some((name) => fold(name) === fold(film.title)),
      )
      .filter(({ year }) => year === null || film.year === null || Math.abs(year - film.year) <= 1)
      .slice(0, 3);
    for (const { mediaId } of await store.keep(candidates, defaultLanguage)) {
      const candidate = await movies.findById(mediaId);
      if (!candidate || candidate.id === film.id) continue;
      await details.ask(candidate, query);
      const known = await movies.findById(candidate.id);
      if (known && isSameFilm(known, film)) {
        await merger.merge(known.id, film.id);
        return;
      }
    }
  }
}
