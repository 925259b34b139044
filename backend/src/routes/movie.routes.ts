import type { MediaService } from '../services/media/media.service.js';
import type { SourceService } from '../services/source/source.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { movieRoute, movieSourcesRoute } from './media.schemas.js';
import { presentMovie, presentSource } from './movie.presenter.js';

export interface MovieRoutesOptions {
  media: MediaService;
  sources: SourceService;
}

export function createMovieRoutes({ media, sources }: MovieRoutesOptions) {
  return createApi()
    .openapi(movieRoute, async (context) => {
      const movie = await media.getMovie(context.req.valid('param').id, readerOf(context));
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json(presentMovie(movie), 200);
    })
    .openapi(movieSourcesRoute, async (context) => {
      const { ageLimit } = readerOf(context);
      const movie = await media.getMovie(context.req.valid('param').id, { ageLimit });
      const { items, indexers } = await sources.listForMovie(movie, { signal: context.req.raw.signal });
      return context.json({ items: items.map(presentSource), indexers }, 200);
    });
}
