import type { ImageService } from '../services/media/image.service.js';
import type { MediaService } from '../services/media/media.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { searchRoute } from './media.schemas.js';
import { presentPersonSummary, summaryPresenter } from './movie.presenter.js';

export interface SearchRoutesOptions {
  images: ImageService;
  media: MediaService;
}

export function createSearchRoutes({ media, images }: SearchRoutesOptions) {
  const summaryOf = summaryPresenter(images);
  return createApi().openapi(searchRoute, async (context) => {
    const { q, type, page } = context.req.valid('query');
    const found = await media.search({ query: q, page, type, ...readerOf(context) });
    context.header('Vary', 'Accept-Language', { append: true });
    return context.json(
      {
        ...found,
        items: found.items.map(summaryOf),
        people: found.people.map(presentPersonSummary),
      },
      200,
    );
  });
}
