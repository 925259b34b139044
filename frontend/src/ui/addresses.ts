declare const local: unique symbol;
declare const web: unique symbol;

/** Path, query and fragment of an address of this server. Only `localPath` makes one. */
export type LocalPath = string & { readonly [local]: true };

/** Absolute http or https address. Only `webAddress` makes one. */
export type WebAddress = string & { readonly [web]: true };

/** Characters. Longer addresses are not ours: those of our pages have a few hundred. */
const MAX_LENGTH = 2048;

/** Parses an address that must lead to this server; null when it leads elsewhere, or could. */
export function localPath(value: unknown): LocalPath | null {
  return typeof value === 'string' && isLocalPath(value) ? value : null;
}

/** Parses the address of another site, which comes from a provider. Null when it is no http or https address. */
export function webAddress(value: string | null): WebAddress | null {
  return value !== null && isWebAddress(value) ? value : null;
}

/**
 * Returns true when browsers, proxies and the router all agree that the address leads to this server. They differ
 * about backslashes, control characters (which browsers drop, URL standard, section 4.4) and paths with two slashes
 * in a row, so an address with any of these is refused, however it is encoded.
 */
function isLocalPath(value: string): value is LocalPath {
  if (value.length > MAX_LENGTH || !value.startsWith('/')) return false;
  const base = 'http://local.invalid';
  if (!URL.canParse(value, base)) return false;
  const { origin, pathname } = new URL(value, base);
  const decoded = fullyDecoded(pathname);
  return (
    origin === base &&
    !isAmbiguous(value) &&
    decoded !== null &&
    !isAmbiguous(decoded) &&
    !decoded.includes('//')
  );
}

function isWebAddress(value: string): value is WebAddress {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function isAmbiguous(text: string): boolean {
  return text.includes('\\') || /\p{Cc}/u.test(text);
}

/** Decodes until nothing is left to decode. Null when the encoding is malformed, or nested more than three times. */
function fullyDecoded(path: string): string | null {
  let text = path;
  try {
    for (let round = 0; round < 4; round += 1) {
      const decoded = decodeURIComponent(text);
      if (decoded === text) return text;
      text = decoded;
    }
  } catch {
    // Malformed: not an address of ours.
  }
  return null;
}
