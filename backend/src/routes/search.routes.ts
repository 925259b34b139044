import type { MediaService } from '../services/media/media.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { searchRoute } from './media.schemas.js';
import { presentMediaSummary, presentPersonSummary } from './movie.presenter.js';

export interface SearchRoutesOptions {
  media: MediaService;
}

export function createSearchRoutes({ media }: SearchRoutesOptions) {
  return createApi().openapi(searchRoute, async (context) => {
    const { q, type, page } = context.req.valid('query');
    const found = await media.search({ query: q, page, type, ...readerOf(context) });
    context.header('Vary', 'Accept-Language', { append: true });
    return context.json(
      {
        ...found,
        items: found.items.map(presentMediaSummary),
        people: found.people.map(presentPersonSummary),
      },
      200,
    );
  });
}
