import { NotFoundError } from '../../errors/app-error.js';
import { ProviderNotFoundError } from '../../http-client/http-client.errors.js';
import { ByteLru } from '../../utils/cache/byte-lru.js';
import type { Image, ImageProvider, ImageSize } from './metadata-provider.port.js';

export interface ImageServiceOptions {
  /** By the name in the address: `tmdb`. */
  providers: Readonly<Record<string, ImageProvider>>;
  /** Memory for pictures, in bytes. */
  cacheBytes?: number;
}

/** Pictures of films, fetched by us so that a browser talks to nobody else. */
export class ImageService {
  private readonly cache: ByteLru<Image>;
  private readonly loading = new Map<string, Promise<Image>>();

  constructor(private readonly options: ImageServiceOptions) {
    this.cache = new ByteLru(options.cacheBytes ?? 48 * 1024 * 1024);
  }

  /** Errors: not-found, provider-unavailable, provider-timeout. */
  async getImage({
    provider,
    size,
    file,
  }: {
    provider: string;
    size: ImageSize;
    file: string;
  }): Promise<Image> {
    const source = Object.hasOwn(this.options.providers, provider)
      ? this.options.providers[provider]
      : undefined;
    if (!source) throw new NotFoundError('Picture');
    const key = `${provider}/${size}/${file}`;
    return this.cache.get(key) ?? (await this.load(key, () => source.fetchImage(size, file)));
  }

  /** A page asks for the same poster from several browsers at once; it is fetched once. */
  private load(key: string, fetch: () => Promise<Image>): Promise<Image> {
    const underWay = this.loading.get(key);
    if (underWay) return underWay;
    const loading = this.fetch(key, fetch).finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    return loading;
  }

  private async fetch(key: string, fetch: () => Promise<Image>): Promise<Image> {
    try {
      const image = await fetch();
      this.cache.set(key, image);
      return image;
    } catch (error) {
      throw error instanceof ProviderNotFoundError ? new NotFoundError('Picture') : error;
    }
  }
}
