import type { Configuration } from '../configuration.js';
import { ArchiveClient } from '../services/archive/archive.client.js';
import { ArchiveImageProvider } from '../services/archive/archive.image-provider.js';
import { ArchiveMetadataProvider } from '../services/archive/archive.metadata-provider.js';
import { LayeredMetadataProvider } from '../services/media/layered.metadata-provider.js';
import type { ImageProvider, MetadataProvider } from '../services/media/metadata-provider.port.js';
import { OpenFilmsMetadataProvider } from '../services/media/open-films/open-films.metadata-provider.js';
import { TmdbClient } from '../services/tmdb/tmdb.client.js';
import { TmdbImageProvider } from '../services/tmdb/tmdb.image-provider.js';
import { TmdbMetadataProvider } from '../services/tmdb/tmdb.metadata-provider.js';
import type { Cache } from '../utils/cache/cache.js';
import type { OutgoingHttp, ProviderLimits } from './outgoing-http.js';

type CatalogueSettings = Pick<Configuration, 'TMDB_API_TOKEN' | 'TMDB_API_URL' | 'ARCHIVE_API_URL'>;
type MetadataSettings = CatalogueSettings & Pick<Configuration, 'TMDB_ADULT_TITLES'>;
type CreateHttp = OutgoingHttp['create'];

/** Seasons of shows that run for decades are answers of several megabytes. */
const tmdbLimits: ProviderLimits = { budget: { perSecond: 25, atOnce: 8 }, maxBytes: 24 * 1024 * 1024 };
const pictureLimits: ProviderLimits = { budget: { perSecond: 60, atOnce: 16 } };
/** It publishes no number, and answers those who ask too much with 429 and 503. */
const archiveLimits: ProviderLimits = { budget: { perSecond: 2, atOnce: 2 }, maxBytes: 16 * 1024 * 1024 };

/** With a TMDB token the catalogue is TMDB; without, what may be watched freely. Films of the Archive are part of either. */
export function createMetadataProvider(settings: MetadataSettings, createHttp: CreateHttp): MetadataProvider {
  const { TMDB_API_TOKEN: token, TMDB_API_URL: baseUrl, TMDB_ADULT_TITLES: allowsAdult } = settings;
  const archiveClient = createArchiveClient(settings, createHttp);
  const archive = archiveClient === null ? [] : [new ArchiveMetadataProvider(archiveClient)];
  const openFilms = new OpenFilmsMetadataProvider();
  if (token === undefined) return new LayeredMetadataProvider(openFilms, archive);
  const client = new TmdbClient(createHttp('TMDB', tmdbLimits), { baseUrl, token, allowsAdult });
  const tmdb = new TmdbMetadataProvider(client, { allowsAdult });
  return new LayeredMetadataProvider(tmdb, [...archive, openFilms]);
}

export function createArchiveClient(
  { ARCHIVE_API_URL: baseUrl }: Pick<Configuration, 'ARCHIVE_API_URL'>,
  createHttp: CreateHttp,
): ArchiveClient | null {
  return baseUrl === 'off' ? null : new ArchiveClient(createHttp('Internet Archive', archiveLimits), baseUrl);
}

export function createImageProviders(settings: CatalogueSettings, cache: Cache, createHttp: CreateHttp) {
  const { TMDB_API_TOKEN: token, TMDB_API_URL: baseUrl, ARCHIVE_API_URL: archiveUrl } = settings;
  const providers: Record<string, ImageProvider> = {};
  if (token !== undefined) {
    const client = new TmdbClient(createHttp('TMDB'), { baseUrl, token });
    providers['tmdb'] = new TmdbImageProvider(client, createHttp('TMDB images', pictureLimits), cache);
  }
  if (archiveUrl !== 'off') {
    const http = createHttp('Internet Archive images', archiveLimits);
    providers['archive'] = new ArchiveImageProvider(http, new URL(`${archiveUrl}/`));
  }
  return providers;
}
