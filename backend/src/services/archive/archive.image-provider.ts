import type { HttpClient } from '../../http-client/http-client.js';
import type { Image, ImageProvider, ImageSize } from '../media/metadata-provider.port.js';

const maxImageBytes = 4 * 1024 * 1024;
const contentTypes = ['image/jpeg', 'image/png', 'image/webp'];

/** The Archive has one small picture of each item. */
export class ArchiveImageProvider implements ImageProvider {
  constructor(
    private readonly http: HttpClient,
    private readonly baseUrl: URL,
  ) {}

  /** @param file `<identifier>.jpg` */
  fetchImage(_size: ImageSize, file: string, signal?: AbortSignal): Promise<Image> {
    const identifier = file.replace(/\.jpg$/, '');
    const url = new URL(`services/img/${encodeURIComponent(identifier)}`, this.baseUrl);
    return this.http.getBytes(url, { contentTypes, maxBytes: maxImageBytes, signal });
  }
}
