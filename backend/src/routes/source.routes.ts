import type { z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { MediaService } from '../services/media/media.service.js';
import type { SourceService } from '../services/source/source.service.js';
import { anyViewer, type Viewer } from '../services/source/source-score.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { presentSources } from './source.presenter.js';
import { movieSourcesRoute, type viewerQuery, watchMovieSourcesRoute } from './source.schemas.js';

export interface SourceRoutesOptions {
  media: MediaService;
  sources: SourceService;
}

/** Where a title can be played from. A title above the reader's age limit is not there (404). */
export function createSourceRoutes({ media, sources }: SourceRoutesOptions) {
  return createApi()
    .openapi(movieSourcesRoute, async (context) => {
      const { ageLimit } = readerOf(context);
      const movie = await media.getMovie(context.req.valid('param').id, { ageLimit });
      const viewer = viewerOf(context.req.valid('query'), context.var.principal?.language ?? null);
      const list = await sources.list(movie, { viewer, signal: context.req.raw.signal });
      return context.json(presentSources(list), 200);
    })
    .openapi(watchMovieSourcesRoute, async (context) => {
      const { ageLimit } = readerOf(context);
      const movie = await media.getMovie(context.req.valid('param').id, { ageLimit });
      const viewer = viewerOf(context.req.valid('query'), context.var.principal?.language ?? null);
      context.header('Cache-Control', 'no-store');
      // A proxy that gathers an answer before it passes it on would make the list come all at once.
      context.header('X-Accel-Buffering', 'no');
      return streamSSE(context, async (stream) => {
        const left = new AbortController();
        stream.onAbort(() => left.abort(new Error('The reader has left.')));
        try {
          for await (const list of sources.watch(movie, { viewer, signal: left.signal }))
            await stream.writeSSE({ event: 'sources', data: JSON.stringify(presentSources(list)) });
        } catch (error) {
          if (!left.signal.aborted) throw error;
        }
      });
    });
}

/** The account's own language is liked best; what a browser happens to ask for is none. */
function viewerOf(query: z.infer<typeof viewerQuery>, language: string | null): Viewer {
  const { capabilities } = anyViewer;
  const list = (text: string | undefined, fallback: readonly string[]) =>
    text === undefined ? fallback : text.split(',').map((name) => name.trim().toLowerCase());
  return {
    ...anyViewer,
    capabilities: {
      containers: list(query.containers, capabilities.containers),
      videoCodecs: list(query.videoCodecs, capabilities.videoCodecs),
      audioCodecs: list(query.audioCodecs, capabilities.audioCodecs),
    },
    language: language?.slice(0, 2) ?? null,
    bitsPerSecond: query.bitsPerSecond ?? null,
  };
}
