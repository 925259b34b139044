import type { MediaService } from '../services/media/media.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { searchRoute } from './media.schemas.js';
import { presentMediaSummary } from './movie.presenter.js';

export interface SearchRoutesOptions {
  media: MediaService;
}

export function createSearchRoutes({ media }: SearchRoutesOptions) {
  return createApi().openapi(searchRoute, async (context) => {
    const { q, type, page } = context.req.valid('query');
    context.header('Vary', 'Accept-Language', { append: true });
    // Films are all there is so far.
    if (type === 'show') return context.json({ items: [], page, pageSize: 20, total: 0 }, 200);
    const found = await media.search({ query: q, page, ...readerOf(context) });
    return context.json({ ...found, items: found.items.map(presentMediaSummary) }, 200);
  });
}
