import { Agent, type Dispatcher, request } from 'undici';
import { parseRetryAfter } from './retry.js';
import { mayBePublic } from './torrent-downloads.js';
import { WebSeedError } from './web-seed.errors.js';

export interface WebSeedSettings {
  /** What we call ourselves. */
  userAgent: string;
  /** Hosts the operator allows although they are private: names or addresses, without a port. */
  allowedHosts: readonly string[];
}

/** Bytes `from` to before `to` of a file of `total` bytes. */
export interface FileRange {
  from: number;
  to: number;
  total: number;
}

export interface OpenedRange {
  body: AsyncIterator<Buffer>;
  /** Where the body begins; before `from` when the server takes no ranges. */
  from: number;
  /** Where it ends. */
  to: number;
  /** Where the redirects led. */
  url: URL;
  close(): void;
}

const maxHops = 5;
/** From asking to the first byte, redirects included. Milliseconds. */
const answerMs = 20_000;
/** Without a byte while we read. Milliseconds. */
const silenceMs = 15_000;
const connectMs = 10_000;
/** A server without ranges sends from the start: so much of it is thrown away, bytes. */
const maxThrownAway = 1024 * 1024;

/**
 * Asks web seeds (BEP 19) for ranges of files. A torrent names them, so they are strangers: redirects are followed by
 * hand, each hop is checked like the first, and the address where the connection is made must be public, whatever name or
 * redirect led there, unless the operator listed the host (T18).
 */
export class WebSeedHttp {
  private readonly named = new Agent({ connect: { timeout: connectMs } });

  /** @param publicOnly connects to public addresses only, whatever a name resolves to; `close` ends it */
  constructor(
    private readonly settings: WebSeedSettings,
    private readonly publicOnly: Dispatcher,
  ) {}

  /** Errors: `WebSeedError`, or the signal's reason. */
  async open(start: URL, range: FileRange, signal: AbortSignal): Promise<OpenedRange> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), answerMs);
    const ended = AbortSignal.any([signal, deadline.signal]);
    let url = start;
    try {
      for (let hop = 0; hop <= maxHops; hop++) {
        const answer = await this.send(url, range, ended);
        const location = locationOf(answer);
        if (location === null) return this.take(answer, url, range);
        answer.body.destroy();
        if (!URL.canParse(location, url.href)) throw new WebSeedError('failing', 'it redirects to nowhere');
        url = new URL(location, url);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof WebSeedError) throw error;
      throw deadline.signal.aborted
        ? new WebSeedError('failing', 'it does not answer in time')
        : failureOf(error);
    } finally {
      clearTimeout(timer);
    }
    throw new WebSeedError('failing', 'it redirects without end');
  }

  async close(): Promise<void> {
    await Promise.all([this.publicOnly.destroy(), this.named.destroy()]);
  }

  private async send(url: URL, { from, to }: FileRange, signal: AbortSignal) {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isNamed = this.settings.allowedHosts.some(
      (allowed) => allowed.replace(/^\[|\]$/g, '').toLowerCase() === host,
    );
    if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
      throw new WebSeedError('forbidden', 'it leads to what is no plain web address');
    if (!isNamed && !(isWebPort(url) && mayBePublic(url.hostname)))
      throw new WebSeedError('forbidden', 'it leads to a private address');
    const answer = await request(url, {
      method: 'GET',
      headers: {
        'user-agent': this.settings.userAgent,
        // Ranges are of the file, not of what a server makes of it.
        'accept-encoding': 'identity',
        range: `bytes=${from}-${to - 1}`,
      },
      signal,
      headersTimeout: answerMs,
      bodyTimeout: silenceMs,
      dispatcher: isNamed ? this.named : this.publicOnly,
    });
    // A body that is given up ends with an error event; without a listener that would end the process.
    answer.body.on('error', () => undefined);
    return answer;
  }

  private take(answer: Dispatcher.ResponseData, url: URL, range: FileRange): OpenedRange {
    try {
      const part = partOf(answer, range);
      const { body } = answer;
      return { ...part, url, body: body[Symbol.asyncIterator](), close: () => body.destroy() };
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
  }
}

/** Which part of the file the answer holds. Throws unless it is one that can be used. */
function partOf(answer: Dispatcher.ResponseData, range: FileRange): { from: number; to: number } {
  const { statusCode: status } = answer;
  const encoding = header(answer, 'content-encoding');
  const isPlain = encoding === '' || encoding === 'identity';
  if ((status === 206 || status === 200) && !isPlain)
    throw new WebSeedError('gone', 'it sends compressed bytes');
  if (status === 206) return partial(header(answer, 'content-range'), range);
  if (status === 200) return whole(answer, range);
  if ([401, 403, 404, 405, 410, 451].includes(status))
    throw new WebSeedError('gone', `it has not got the file (HTTP ${status})`);
  if (status === 416) throw new WebSeedError('mismatch', 'its file is shorter');
  const retryAfter = parseRetryAfter(header(answer, 'retry-after'), Date.now());
  if (status === 429 || status === 503)
    throw new WebSeedError('busy', `it asks to wait (HTTP ${status})`, retryAfter);
  throw new WebSeedError('failing', `it answers HTTP ${status}`, retryAfter);
}

function partial(contentRange: string, { from, to, total }: FileRange): { from: number; to: number } {
  const [, first, last, size] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(contentRange) ?? [];
  const end = Number(last) + 1;
  if (size !== undefined && size !== '*' && Number(size) !== total)
    throw new WebSeedError('mismatch', 'its file has another length');
  if (Number(first) !== from || !(end > from))
    throw new WebSeedError('failing', 'it sends another range than was asked for');
  return { from, to: Math.min(end, to) };
}

/** A server that takes no ranges sends all of it: good from the start, and for a little beyond. */
function whole(answer: Dispatcher.ResponseData, { from, total }: FileRange): { from: number; to: number } {
  const length = header(answer, 'content-length');
  // Pages that say "under maintenance" come with status 200 too.
  if (/^text\/html\b/i.test(header(answer, 'content-type')) && Number(length) !== total)
    throw new WebSeedError('failing', 'it sends a page in place of the file');
  if (length !== '' && Number(length) !== total)
    throw new WebSeedError('mismatch', 'its file has another length');
  if (from > maxThrownAway) throw new WebSeedError('gone', 'it does not send parts of files');
  return { from: 0, to: total };
}

function locationOf(answer: Dispatcher.ResponseData): string | null {
  return [301, 302, 303, 307, 308].includes(answer.statusCode) ? header(answer, 'location') : null;
}

function header({ headers }: Dispatcher.ResponseData, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}

/** Ports of other services are none of a web seed's business. */
function isWebPort({ port }: URL): boolean {
  return port === '' || port === '80' || port === '443' || Number(port) >= 1_024;
}

function failureOf(error: unknown): WebSeedError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EBLOCKED') return new WebSeedError('forbidden', 'it leads to a private address');
  return new WebSeedError('failing', 'it cannot be reached', null, error);
}
