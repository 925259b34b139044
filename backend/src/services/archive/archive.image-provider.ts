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
    const mayLeadTo = (target: URL) => mayServeThumbnails(target, this.baseUrl);
    return this.http.getBytes(url, { contentTypes, maxBytes: maxImageBytes, signal, mayLeadTo });
  }
}

/**
 * The Archive sends on to the node that holds an item: to hosts of its own over TLS, or to the very machine the operator
 * named, and nowhere else.
 */
export function mayServeThumbnails(target: URL, base: URL): boolean {
  if (target.username !== '' || target.password !== '') return false;
  if (target.protocol === 'https:' && /(^|\.)archive\.org$/.test(target.hostname)) return target.port === '';
  return target.hostname === base.hostname && target.protocol === base.protocol;
}
