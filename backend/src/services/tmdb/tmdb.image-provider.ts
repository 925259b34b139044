import { withoutTrailingSlashes } from '../../http-client/base-url.js';
import { ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import type { HttpClient } from '../../http-client/http-client.js';
import type { Cache } from '../../utils/cache/cache.js';
import { cacheKeys } from '../../utils/cache/cache-key.js';
import type { Image, ImageProvider, ImageSize } from '../media/metadata-provider.port.js';
import type { TmdbClient } from './tmdb.client.js';

const maxImageBytes = 10 * 1024 * 1024;
const contentTypes = ['image/jpeg', 'image/png', 'image/webp'];
const imageBaseKey = cacheKeys<string>('image-hosts');
const day = 24 * 3_600_000;

/** TMDB's pictures, from the host it names for them. */
export class TmdbImageProvider implements ImageProvider {
  constructor(
    private readonly client: TmdbClient,
    private readonly http: HttpClient,
    private readonly cache: Cache,
  ) {}

  async fetchImage(size: ImageSize, file: string, signal?: AbortSignal): Promise<Image> {
    const url = new URL(`${size}/${file}`, await this.#base());
    return this.http.getBytes(url, { contentTypes, maxBytes: maxImageBytes, signal });
  }

  async #base(): Promise<URL> {
    const { value } = await this.cache.wrap(imageBaseKey([]), { ttlMs: day, staleMs: 30 * day }, async () => {
      const base = await this.client.getImageBase();
      if (!mayServeImages(base, this.client.baseUrl)) {
        const detail = `image host ${base.host} is not one of TMDB's`;
        throw new ProviderUnavailableError({ provider: 'TMDB', fault: 'bad-answer', detail });
      }
      return `${withoutTrailingSlashes(base.href)}/`;
    });
    return new URL(value);
  }
}

/**
 * An answer may not send us anywhere it likes, least of all into the operator's own network: images come from
 * tmdb.org over TLS, or from the very machine the operator named as the API.
 */
export function mayServeImages(base: URL, api: URL): boolean {
  if (base.username !== '' || base.password !== '') return false;
  if (base.protocol === 'https:' && /(^|\.)tmdb\.org$/.test(base.hostname)) return base.port === '';
  return base.hostname === api.hostname && base.protocol === api.protocol;
}
