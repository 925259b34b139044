import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import type { OpenStream, PlaybackService } from '../services/playback/playback.service.js';
import type { ByteRange } from '../services/torrent/torrent-engine.port.js';
import { contentDisposition } from './content-disposition.js';
import { createApi } from './create-api.js';
import { ifNoneMatchHits, ifRangeHolds, type RangeAnswer, readRange } from './http-range.js';
import { streamRoute } from './playback.schemas.js';
import { streamedBody } from './streamed-body.js';

export interface StreamRoutesOptions {
  playback: PlaybackService;
}

/** The film's bytes. The grant in the path is the whole permission, since a `<video>` element sends no token. */
export function createStreamRoutes({ playback }: StreamRoutesOptions) {
  return createApi().openapi(streamRoute, async (context) => {
    const stream = await playback.openStream(context.req.valid('param').grant, context.req.raw.signal);
    const isHead = context.req.raw.method === 'HEAD';
    if (ifNoneMatchHits(context.req.header('If-None-Match'), stream.etag)) {
      return context.body(null, 304, { ETag: stream.etag });
    }
    return serve(context, stream, isHead ? { kind: 'whole' } : askedRange(context, stream), isHead);
  });
}

function askedRange(context: Context<AppEnv>, stream: OpenStream): RangeAnswer {
  if (!ifRangeHolds(context.req.header('If-Range'), stream.etag)) return { kind: 'whole' };
  return readRange(context.req.header('Range'), stream.sizeBytes);
}

function serve(context: Context<AppEnv>, stream: OpenStream, range: RangeAnswer, isHead: boolean): Response {
  const headers = {
    'Accept-Ranges': 'bytes',
    ETag: stream.etag,
    // Bytes of a shared household, and not to be re-encoded on the way: a range counts bytes as they are here.
    'Cache-Control': 'private, no-transform, max-age=0, must-revalidate',
    'Content-Type': stream.mimeType,
    'Content-Disposition': contentDisposition(stream.fileName),
  };
  if (range.kind === 'unsatisfiable') {
    return context.body(null, 416, { ...headers, 'Content-Range': `bytes */${stream.sizeBytes}` });
  }
  const span = range.kind === 'part' ? range : { start: 0, end: stream.sizeBytes };
  const length = { 'Content-Length': String(span.end - span.start) };
  const body = isHead ? null : bodyOf(context, stream, span);
  if (range.kind === 'whole') return new Response(body, { headers: { ...headers, ...length } });
  const contentRange = `bytes ${span.start}-${span.end - 1}/${stream.sizeBytes}`;
  return new Response(body, {
    status: 206,
    headers: { ...headers, ...length, 'Content-Range': contentRange },
  });
}

/** Pulled, never pushed: a slow player slows the reader. A player that goes away aborts it even while it waits for a piece. */
function bodyOf(context: Context<AppEnv>, stream: OpenStream, span: ByteRange): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const { signal } = context.req.raw;
  const chunks = stream.read(span, AbortSignal.any([gone.signal, signal]))[Symbol.asyncIterator]();
  // The signal ends a wait for the next piece; the end of the iterator ends a reader that rests between two.
  return streamedBody(context, chunks, () => gone.abort());
}
