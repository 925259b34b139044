import { createHash } from 'node:crypto';
import type { Configuration } from '../configuration.js';
import type { DataFolder } from '../data-folder.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../logging/metrics.js';
import { createCatalogue } from '../services/media/catalogue.js';
import { ImageService } from '../services/media/image.service.js';
import { PictureStore } from '../services/media/picture-store.js';
import type { LiveSettings } from '../services/settings/live-settings.js';
import type { Cache } from '../utils/cache/cache.js';
import type { OpenHttp } from './outgoing-http.js';
import { createArchiveClient, createImageProviders, createMetadataProvider } from './providers.js';

export interface CataloguePartsNeeds {
  database: Database;
  folder: Pick<DataFolder, 'pictures'>;
  live: LiveSettings<Configuration>;
  cache: Cache;
  openHttp: OpenHttp;
  metrics: Metrics;
  logger: Logger;
}

/** For posters, backdrops and stills on the disk. */
const pictureBytes = 1024 * 1024 * 1024;

/** What there is to watch, and its pictures. */
export function createCatalogueParts({
  database,
  folder,
  live,
  cache,
  openHttp,
  metrics,
  logger,
}: CataloguePartsNeeds) {
  const named = ['TMDB_API_TOKEN', 'TMDB_API_URL', 'TMDB_ADULT_TITLES', 'ARCHIVE_API_URL'] as const;
  const provider = live.part(named, (settings) => {
    const http = openHttp();
    return { part: createMetadataProvider(settings, http.create), close: http.close };
  });
  // Answers of one TMDB, or with adult titles, are not those of another, or without.
  const catalogueCache = live.part(['TMDB_API_URL', 'TMDB_ADULT_TITLES'], (settings) => ({
    part: cache.scoped(
      scopeOf(settings.TMDB_API_URL, ...(settings.TMDB_ADULT_TITLES ? ['with adult titles'] : [])),
    ),
  }));
  const archive = live.part(['ARCHIVE_API_URL'], (settings) => {
    const http = openHttp();
    return { part: { client: createArchiveClient(settings, http.create) }, close: http.close };
  });
  const catalogue = createCatalogue({
    database,
    provider,
    archive: () => archive.client,
    cache: catalogueCache,
    logger,
  });

  const pictures = new PictureStore({ folder: folder.pictures, maxBytes: pictureBytes });
  metrics.gauge('pictures_bytes', 'Pictures kept on the disk, in bytes', () => pictures.size);
  const images = live.part(['TMDB_API_TOKEN', 'TMDB_API_URL', 'ARCHIVE_API_URL'], (settings) => {
    const http = openHttp();
    const scope = cache.scoped(scopeOf(settings.TMDB_API_URL));
    const providers = createImageProviders(settings, scope, http.create);
    return { part: new ImageService({ providers, pictures }), close: http.close };
  });
  return { catalogue, images };
}

/** Names where answers come from, so that what one address told is not taken for the word of another. */
function scopeOf(...addresses: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(addresses)).digest('hex').slice(0, 12);
}
