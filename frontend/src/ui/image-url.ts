/**
 * The address of a picture, when it is one of this server's own. Everything else (other hosts, `javascript:`,
 * `data:`) is treated as no picture: titles and their pictures come from strangers.
 */
export function ownImageUrl(url: string | null): string | null {
  if (url === null || !url.startsWith('/') || url.startsWith('//') || url.includes('\\')) return null;
  return url;
}
