import ipaddr from 'ipaddr.js';
import { type Dispatcher, request } from 'undici';
import { ProviderTimeoutError, ProviderUnavailableError } from './http-client.errors.js';
import { isNearby } from './permitted.dispatcher.js';

export interface TorrentDownloadsOptions {
  userAgent: string;
  /** Connects to public addresses only, whatever a name resolves to: for links that indexers give. */
  publicOnly: Dispatcher;
  /** Connects as far as the VPN guard permits: for origins and hosts that the operator named. */
  permitted: Dispatcher;
  /** Whether traffic may leave openly. When not, everything goes the way of `permitted`. */
  isOpen: () => boolean;
  /** Hosts the operator allows although they are private: names or addresses, without a port. */
  allowedHosts?: readonly string[];
}

const maxHops = 5;
const timeoutMs = 10_000;
/** As `torrentFileLimitBytes`: what is larger is refused afterwards anyway. */
const maxBytes = 4 * 1024 * 1024;

/**
 * Fetches .torrent files from links that came from indexers. Redirects are followed by hand, so that each hop is
 * checked like the first and a `magnet:` at the end is an answer. The address itself is checked where the connection is
 * made, so that no name, no redirect and no second look at the DNS leads to a private one (T15).
 */
export class TorrentDownloads {
  constructor(private readonly options: TorrentDownloadsOptions) {}

  /** @param trusted origins that the operator named. Errors: `ProviderUnavailableError`, `ProviderTimeoutError`. */
  async fetch(
    start: URL,
    { provider, trusted, signal }: { provider: string; trusted: readonly string[]; signal: AbortSignal },
  ): Promise<{ kind: 'file'; bytes: Uint8Array } | { kind: 'magnet'; magnet: string }> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const limit = AbortSignal.any([signal, deadline]);
    let url = start;
    try {
      for (let hop = 0; hop <= maxHops; hop++) {
        const answer = await this.hop(url, { provider, trusted, limit });
        if (answer.kind !== 'redirect') return answer;
        if (/^magnet:/i.test(answer.location)) return { kind: 'magnet', magnet: answer.location };
        if (!URL.canParse(answer.location, url.href)) throw bad(provider, 'a redirect to nowhere');
        url = new URL(answer.location, url);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted)
        throw new ProviderTimeoutError({ provider, detail: 'GET of a .torrent file', cause: error });
      if (error instanceof ProviderUnavailableError) throw error;
      throw new ProviderUnavailableError({
        provider,
        fault: 'unreachable',
        detail: 'GET of a .torrent file',
        cause: error,
      });
    }
    throw bad(provider, 'too many redirects');
  }

  private async hop(
    url: URL,
    { provider, trusted, limit }: { provider: string; trusted: readonly string[]; limit: AbortSignal },
  ) {
    if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
      throw bad(provider, 'a link that is no plain http address');
    const isNamed = trusted.includes(url.origin) || (this.options.allowedHosts ?? []).includes(url.hostname);
    if (!isNamed && !mayBePublic(url.hostname)) throw bad(provider, 'a link to a private address');
    const response = await request(url, {
      method: 'GET',
      headers: {
        'user-agent': this.options.userAgent,
        accept: 'application/x-bittorrent, application/octet-stream',
      },
      signal: limit,
      dispatcher: isNamed || !this.options.isOpen() ? this.options.permitted : this.options.publicOnly,
    });
    response.body.on('error', () => undefined);
    try {
      const { statusCode, headers } = response;
      if ([301, 302, 303, 307, 308].includes(statusCode)) {
        const { location } = headers;
        return { kind: 'redirect', location: typeof location === 'string' ? location : '' } as const;
      }
      if (statusCode !== 200) throw bad(provider, `HTTP ${statusCode} instead of a .torrent file`);
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        size += chunk.byteLength;
        if (size > maxBytes) throw bad(provider, 'more than a .torrent file may have');
        chunks.push(chunk);
      }
      const bytes = Buffer.concat(chunks, size);
      // Bencode of a dictionary; pages that say "not found" or "are you a robot" come with status 200 too.
      if (bytes[0] !== 0x64) throw bad(provider, 'no .torrent file');
      return { kind: 'file', bytes } as const;
    } finally {
      response.body.destroy();
    }
  }
}

/** Through a tunnel a name cannot lead home; an address or a bare name could. */
export function mayBePublic(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  return ipaddr.isValid(host) ? ipaddr.process(host).range() === 'unicast' : !isNearby(host);
}

/** The detail never holds the link: it may hold a key. */
function bad(provider: string, detail: string): ProviderUnavailableError {
  return new ProviderUnavailableError({
    provider,
    fault: 'bad-answer',
    detail: `GET of a .torrent file: ${detail}`,
  });
}
