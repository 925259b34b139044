import { type ImageSize, imageFilePattern } from '../services/media/metadata-provider.port.js';

/**
 * Where we serve a picture. A stored path is `/<file>` of TMDB's, or `<provider>:<file>`; what is no plain file name is no
 * picture.
 */
export function imageUrl(path: string | null, size: ImageSize): string | null {
  const [, provider = 'tmdb', file = ''] = /^(?:\/|([a-z]{1,20}):)(.+)$/.exec(path ?? '') ?? [];
  return imageFilePattern.test(file) ? `/api/images/${provider}/${size}/${encodeURIComponent(file)}` : null;
}
