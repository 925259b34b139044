import { createMiddleware } from 'hono/factory';
import ipaddr from 'ipaddr.js';
import { AppError } from '../errors/app-error.js';
import type { AppEnv } from './app-env.js';

export interface KnownHostOptions {
  /** The address people type, when the server knows it. */
  publicUrl: string | undefined;
  /** Further names it is reached by. */
  allowedHosts: readonly string[];
}

/** The request was meant for a server of another name (RFC 9110 section 15.5.20). */
export class MisdirectedError extends AppError {
  override readonly name = 'MisdirectedError';

  constructor() {
    super(
      'misdirected',
      'This server is not known by that name. Whoever looks after it can set PUBLIC_URL, or add the name to ALLOWED_HOSTS.',
    );
  }
}

/** Names that no public name server answers for. */
const localSuffixes = ['.localhost', '.local', '.lan', '.home', '.home.arpa', '.internal', '.localdomain'];

/**
 * Answers only to names that are its own. Otherwise any site could let its name point at this server, and its pages would
 * then be of the same origin (DNS rebinding). Addresses and names of the local network cannot be lent like that.
 */
export function knownHost({ publicUrl, allowedHosts }: KnownHostOptions) {
  const own = new Set(allowedHosts.map((name) => name.toLowerCase()));
  if (publicUrl !== undefined) own.add(new URL(publicUrl).hostname);
  return createMiddleware<AppEnv>(async (context, next) => {
    const asked = new URL(context.req.url).hostname;
    const header = hostnameOf(context.req.header('Host') ?? asked);
    for (const name of [asked, header]) {
      if (name === null || !(own.has(name) || isLocal(name))) throw new MisdirectedError();
    }
    await next();
  });
}

function isLocal(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare)) return true;
  return !bare.includes('.') || localSuffixes.some((suffix) => bare.endsWith(suffix));
}

/** Without the port, in lower case; null for what is no host. */
function hostnameOf(header: string): string | null {
  return URL.canParse(`http://${header}`) ? new URL(`http://${header}`).hostname : null;
}
