import type { z } from '@hono/zod-openapi';
import type { RightsWatch } from '../services/auth/rights-watch.js';
import type { SourceService } from '../services/source/source.service.js';
import { defaultCapabilities, type Viewer, viewerFor } from '../services/source/source-score.js';
import type { SourceTitles } from '../services/source/source-titles.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { presentSources } from './source.presenter.js';
import {
  episodeSourcesRoute,
  movieSourcesRoute,
  type viewerQuery,
  watchMovieSourcesRoute,
} from './source.schemas.js';
import { streamEvents } from './streamed-body.js';

export interface SourceRoutesOptions {
  sourceTitles: Pick<SourceTitles, 'get'>;
  sources: SourceService;
  /** Ends an open list when the sign-in ends or the account changes. */
  rights: Pick<RightsWatch, 'hold'>;
}

/** Where a title can be played from. A title above the reader's age limit is not there (404). */
export function createSourceRoutes({ sourceTitles: titles, sources, rights }: SourceRoutesOptions) {
  return createApi()
    .openapi(movieSourcesRoute, async (context) => {
      const { ageLimit } = readerOf(context);
      const { wanted } = await titles.get(context.req.valid('param').id, null, { ageLimit });
      const viewer = viewerOf(context.req.valid('query'), context.var.principal?.language ?? null);
      const list = await sources.list(wanted, { viewer, signal: context.req.raw.signal });
      return context.json(presentSources(list), 200);
    })
    .openapi(episodeSourcesRoute, async (context) => {
      const { ageLimit } = readerOf(context);
      const { id, season, episode } = context.req.valid('param');
      const { wanted } = await titles.get(id, { season, episode }, { ageLimit });
      const viewer = viewerOf(context.req.valid('query'), context.var.principal?.language ?? null);
      const list = await sources.list(wanted, { viewer, signal: context.req.raw.signal });
      return context.json(presentSources(list), 200);
    })
    .openapi(watchMovieSourcesRoute, async (context) => {
      const { ageLimit } = readerOf(context);
      const { wanted } = await titles.get(context.req.valid('param').id, null, { ageLimit });
      const viewer = viewerOf(context.req.valid('query'), context.var.principal?.language ?? null);
      // A proxy that gathers an answer before it passes it on would make the list come all at once.
      context.header('X-Accel-Buffering', 'no');
      return streamEvents(context, async (stream) => {
        const left = new AbortController();
        stream.onAbort(() => left.abort(new Error('The reader has left.')));
        const { principal } = context.var;
        const hold =
          principal &&
          rights.hold(principal, () => left.abort(new Error('The rights of the reader have changed.')));
        try {
          await hold?.checked;
          for await (const list of sources.watch(wanted, { viewer, signal: left.signal }))
            await stream.writeSSE({ event: 'sources', data: JSON.stringify(presentSources(list)) });
        } catch (error) {
          if (!left.signal.aborted) throw error;
        } finally {
          hold?.release();
        }
      });
    });
}

/** The account's own language is liked best; what a browser happens to ask for is none. */
function viewerOf(query: z.infer<typeof viewerQuery>, language: string | null): Viewer {
  const list = (text: string | undefined, fallback: readonly string[]) =>
    text === undefined ? fallback : text.split(',').map((name) => name.trim().toLowerCase());
  return viewerFor(
    {
      containers: list(query.containers, defaultCapabilities.containers),
      videoCodecs: list(query.videoCodecs, defaultCapabilities.videoCodecs),
      audioCodecs: list(query.audioCodecs, defaultCapabilities.audioCodecs),
      bitsPerSecond: query.bitsPerSecond,
    },
    language,
  );
}
