import { NotFoundError } from '../../errors/app-error.js';
import { ProviderNotFoundError } from '../../http-client/http-client.errors.js';
import { ByteLru } from '../../utils/cache/byte-lru.js';
import type { Image, ImageProvider, ImageSize } from './metadata-provider.port.js';
import { meanColor, smaller } from './picture-form.js';
import type { PictureStore } from './picture-store.js';

export interface ImageServiceOptions {
  /** By the name in the address: `tmdb`. */
  providers: Readonly<Record<string, ImageProvider>>;
  /** Memory for pictures, in bytes. */
  cacheBytes?: number;
  /** Where pictures outlive a restart; without it they are kept in memory only, as they came. */
  pictures?: PictureStore;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** How long a picture that the provider does not have is not asked for again, milliseconds; and how many are known. */
const absentMs = 3_600_000;
const mostAbsent = 5_000;

/** Pictures of films, fetched by us so that a browser talks to nobody else. */
export class ImageService {
  private readonly cache: ByteLru<Image>;
  private readonly loading = new Map<string, Promise<Image>>();
  /** Pictures that are not there, and until when that is believed. */
  private readonly absent = new Map<string, number>();
  private readonly now: () => number;

  constructor(private readonly options: ImageServiceOptions) {
    this.cache = new ByteLru(options.cacheBytes ?? 48 * 1024 * 1024);
    this.now = options.now ?? Date.now;
  }

  /** Errors: not-found, provider-unavailable, provider-timeout. */
  async getImage({
    provider,
    size,
    file,
    webp = false,
  }: {
    provider: string;
    size: ImageSize;
    file: string;
    /** Whether the one who asks can show WebP. */
    webp?: boolean;
  }): Promise<Image> {
    const source = Object.hasOwn(this.options.providers, provider)
      ? this.options.providers[provider]
      : undefined;
    if (!source) throw new NotFoundError('Picture');
    const key = `${provider}/${size}/${file}${webp ? '/webp' : ''}`;
    const picture = `${provider}:${file}`;
    return (
      this.cache.get(key) ??
      (await this.load(key, () =>
        this.kept(picture, `${size}${webp ? '/webp' : ''}`, source, { size, file, webp }),
      ))
    );
  }

  /** What to show until a picture is there, by its stored path; null when nobody has asked for it yet. */
  colorOf(storedPath: string | null): string | null {
    if (storedPath === null) return null;
    return this.options.pictures?.colorOf(storedPath.replace(/^\//, 'tmdb:')) ?? null;
  }

  /** From the disk, else from the provider, then made smaller where that pays. */
  private async kept(
    picture: string,
    form: string,
    source: ImageProvider,
    { size, file, webp }: { size: ImageSize; file: string; webp: boolean },
  ): Promise<Image> {
    const { pictures } = this.options;
    if (!pictures) return source.fetchImage(size, file);
    const known = await pictures.find(picture, form);
    if (known) return known;
    const image = await source.fetchImage(size, file);
    const shown = webp ? await smaller(image) : image;
    await pictures.keep(picture, form, shown, await meanColor(image));
    return shown;
  }

  /** A page asks for the same poster from several browsers at once; it is fetched once. */
  private load(key: string, fetch: () => Promise<Image>): Promise<Image> {
    const underWay = this.loading.get(key);
    if (underWay) return underWay;
    const loading = this.fetch(key, fetch).finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    return loading;
  }

  private noteAbsent(key: string): void {
    this.absent.delete(key);
    this.absent.set(key, this.now() + absentMs);
    for (const oldest of this.absent.keys()) {
      if (this.absent.size <= mostAbsent) return;
      this.absent.delete(oldest);
    }
  }

  private async fetch(key: string, fetch: () => Promise<Image>): Promise<Image> {
    if ((this.absent.get(key) ?? 0) > this.now()) throw new NotFoundError('Picture');
    try {
      const image = await fetch();
      this.cache.set(key, image);
      return image;
    } catch (error) {
      if (!(error instanceof ProviderNotFoundError)) throw error;
      this.noteAbsent(key);
      throw new NotFoundError('Picture');
    }
  }
}
