import { type LocalPath, localPath } from './addresses.js';

/**
 * Returns the address of a picture when it is one of this server's own. Everything else (other hosts, `javascript:`,
 * `data:`) is null, because titles and their pictures come from strangers.
 */
export function ownImageUrl(url: string | null): LocalPath | null {
  return localPath(url);
}
