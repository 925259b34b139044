import ipaddr from 'ipaddr.js';

/** The site that passkeys belong to (WebAuthn §5.4.2). */
export interface RelyingParty {
  /** A host name. */
  id: string;
  /** Scheme, host and port of the pages. */
  origin: string;
}

export interface AddressedAs {
  /** The address people type, when the server is told. */
  publicUrl: string | undefined;
  /** `Origin` header of the request. */
  origin: string | undefined;
  /** `Host` header, checked to be a name of this server. */
  host: string | undefined;
}

/**
 * Decides which site a passkey is made for or used at. PUBLIC_URL decides when it is set. Otherwise it is the page that
 * sends the request, as long as that page is of this server by a name it answers to. Null where browsers offer no
 * passkeys: on http (except localhost), and at an IP address.
 */
export function relyingPartyOf({ publicUrl, origin, host }: AddressedAs): RelyingParty | null {
  const address = publicUrl ?? (isOwn(origin, host) ? origin : undefined);
  if (address === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  const isLocal = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
  return isSecure && !isAddress(url.hostname) ? { id: url.hostname, origin: url.origin } : null;
}

function isOwn(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  // `Host` names the default port or leaves it out; the scheme is that of the page, which a proxy may change.
  const page = new URL(origin);
  return URL.canParse(`${page.protocol}//${host}`) && new URL(`${page.protocol}//${host}`).host === page.host;
}

function isAddress(hostname: string): boolean {
  return ipaddr.isValid(hostname.replace(/^\[(.*)\]$/, '$1'));
}
