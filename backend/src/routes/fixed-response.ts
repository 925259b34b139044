import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { AppEnv } from '../middleware/app-env.js';
import { matchesEntityTag } from '../middleware/etag.middleware.js';

/** Content codings that can be sent, the smallest result first. */
const encodings = ['br', 'gzip'] as const;
type Encoding = (typeof encodings)[number];
type Compressor = (body: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/**
 * Compressors run in the thread pool. Brotli's highest quality takes seconds for a large script, which the first client
 * would wait for; 9 is within a few percent of its size.
 */
const compressors: Readonly<Record<Encoding, Compressor>> = {
  br: (body) => brotliAsync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body) => gzipAsync(body),
};

export interface FixedResponseOptions {
  contentType: string;
  /** Produces the body. Called for the first request, and again only if it failed. */
  load: () => string | Uint8Array | Promise<string | Uint8Array>;
}

interface Loaded {
  body: Uint8Array<ArrayBuffer>;
  /** Without quotes. */
  tag: string;
}

/**
 * A public answer that stays the same as long as the process runs. Its body is produced once, by the first request for
 * it, and compressed once per content coding; all requests share the result. Clients revalidate it by its entity tag
 * (RFC 9110 section 8.8.3), so that repeated requests cost no body.
 */
export class FixedResponse {
  private loaded: Promise<Loaded> | null = null;
  private readonly compressed = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(
    private readonly options: FixedResponseOptions,
    private readonly compressorOf: Readonly<Record<Encoding, Compressor>> = compressors,
  ) {}

  /** Answers a GET or HEAD. */
  readonly handler = async (context: Context<AppEnv>): Promise<Response> => {
    const { body, tag } = await this.load();
    const encoding = accepts(context, {
      header: 'Accept-Encoding',
      supports: [...encodings],
      default: 'identity',
      // The order of ours counts, because clients name all that they know with equal weight.
      match: (wanted, { supports, default: none }) =>
        supports.find((one) => wanted.some(({ type, q }) => type.toLowerCase() === one && q > 0)) ?? none,
    });
    context.header('Vary', 'Accept-Encoding', { append: true });
    // Weak, because the same tag stands for every coding of the body.
    context.header('ETag', `W/"${tag}"`);
    context.header('Cache-Control', 'no-cache');
    if (matchesEntityTag(context.req.header('If-None-Match'), `"${tag}"`)) return context.body(null, 304);
    context.header('Content-Type', this.options.contentType);
    if (encoding !== 'br' && encoding !== 'gzip') return context.body(body);
    context.header('Content-Encoding', encoding);
    return context.body(await this.compress(encoding, body));
  };

  private load(): Promise<Loaded> {
    this.loaded ??= this.loadOnce().catch((error: unknown) => {
      this.loaded = null;
      throw error;
    });
    return this.loaded;
  }

  private async loadOnce(): Promise<Loaded> {
    const body = Uint8Array.from(Buffer.from(await this.options.load()));
    return { body, tag: createHash('sha256').update(body).digest('base64url').slice(0, 22) };
  }

  private compress(encoding: Encoding, body: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.compressed.get(encoding);
    if (known) return known;
    const made = this.compressorOf[encoding](body).catch((error: unknown) => {
      this.compressed.delete(encoding);
      throw error;
    });
    this.compressed.set(encoding, made);
    return made;
  }
}
