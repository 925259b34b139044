import type { Store } from '../../database/store.js';
import type { Logger } from '../../logging/logger.js';
import { CertificationRepository } from '../../repositories/certification.repository.js';
import { EpisodeRepository } from '../../repositories/episode.repository.js';
import { GenreRepository } from '../../repositories/genre.repository.js';
import { HomeLayoutRepository } from '../../repositories/home-layout.repository.js';
import { MediaListRepository } from '../../repositories/media-list.repository.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { PersonRepository } from '../../repositories/person.repository.js';
import { ShowRepository } from '../../repositories/show.repository.js';
import { ShownTitleRepository } from '../../repositories/shown-title.repository.js';
import { SyncStateRepository } from '../../repositories/sync-state.repository.js';
import { type TitleRef, TitleRepository } from '../../repositories/title.repository.js';
import { TitleRefreshRepository } from '../../repositories/title-refresh.repository.js';
import { TranslationRepository } from '../../repositories/translation.repository.js';
import { WatchRepository } from '../../repositories/watch.repository.js';
import type { Cache } from '../../utils/cache/cache.js';
import type { ArchiveClient } from '../archive/archive.client.js';
import { ArchiveSync } from '../archive/archive-sync.js';
import { ListService } from '../lists/list.service.js';
import { MirroredLists } from '../lists/mirrored-lists.js';
import { moveWatches } from '../watch/moved-watches.js';
import { DiscoverService } from './discover.service.js';
import { FilmMerger } from './film-merger.js';
import { HomeService } from './home.service.js';
import { defaultLanguage } from './language.js';
import { MediaService } from './media.service.js';
import { MediaSync } from './media-sync.js';
import type { MetadataProvider } from './metadata-provider.port.js';
import { PeopleService } from './people.service.js';
import { ShowService } from './show.service.js';
import { TitleDetails } from './title-details.js';
import { TitleRefresher } from './title-refresher.js';
import { TitleStore } from './title-store.js';

export interface CatalogueOptions {
  /** Null while the Internet Archive is turned off. */
  archive?: () => ArchiveClient | null;
  database: Store;
  provider: MetadataProvider;
  cache: Cache;
  logger: Logger;
  now?: () => Date;
}

export type Catalogue = ReturnType<typeof createCatalogue>;

/** The services of the catalogue over their repositories: part of the composition root, and of tests that want it whole. */
export function createCatalogue({
  database,
  provider,
  cache,
  logger,
  archive = () => null,
  now = () => new Date(),
}: CatalogueOptions) {
  const movies = new MovieRepository(database, now);
  const shows = new ShowRepository(database, now);
  const translations = new TranslationRepository(database);
  const episodes = new EpisodeRepository(database);
  const people = new PersonRepository(database, now);
  const certifications = new CertificationRepository(database);
  const genres = new GenreRepository(database);
  const titles = new TitleRepository(database);
  const lists = new MediaListRepository(database, now);
  const layouts = new HomeLayoutRepository(database);
  const store = new TitleStore(movies, shows, translations, new ShownTitleRepository(database));
  const shared = { provider, cache, logger, store, now };
  const merger = new FilmMerger({ movies, cache, also: [moveWatches] });
  const details = new TitleDetails({ ...shared, episodes, people, certifications, merger });
  const syncs = new SyncStateRepository(database, now);
  const queue = new TitleRefreshRepository(database, now);
  const watches = new WatchRepository(database);
  const showService = new ShowService({ ...shared, details, episodes, translations });
  const refresher = new TitleRefresher({
    ...{ ...shared, queue, details, shows: showService, episodes },
    listWatchedSeasons: (showId) => watches.listWatchedSeasons(showId),
  });
  const home = new HomeService({ ...shared, details, titles, genres, lists, layouts });
  return {
    /** The stored titles, with what their pages say as far as that can be read in a moment. */
    describe: async (refs: readonly TitleRef[]) => {
      await details.learnRatings(await store.load(refs, defaultLanguage));
      return store.load(refs, defaultLanguage);
    },
    store,
    merger,
    titles,
    details,
    home,
    media: new MediaService({ ...shared, details, titles, people, home }),
    shows: showService,
    people: new PeopleService({ ...shared, details, people }),
    discover: new DiscoverService({ ...shared, titles, genres }),
    lists: new ListService({ ...shared, lists }),
    mirrors: new MirroredLists({ lists, now }),
    refresher,
    queue,
    sync: new MediaSync({ ...shared, movies, shows, syncs, refresher }),
    archive: new ArchiveSync({ ...shared, client: archive, movies, details, syncs, merger }),
  };
}
