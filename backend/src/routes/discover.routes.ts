import type { DiscoverService } from '../services/media/discover.service.js';
import type { ImageService } from '../services/media/image.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { discoverRoute, genresRoute } from './media.schemas.js';
import { summaryPresenter } from './movie.presenter.js';

export interface DiscoverRoutesOptions {
  images: ImageService;
  discover: DiscoverService;
}

export function createDiscoverRoutes({ discover, images }: DiscoverRoutesOptions) {
  const summaryOf = summaryPresenter(images);
  return createApi()
    .openapi(discoverRoute, async (context) => {
      const { year, rating, source, yearFrom, yearTo, ...query } = context.req.valid('query');
      const filter = { ...query, yearFrom: year ?? yearFrom, yearTo: year ?? yearTo, ratingFrom: rating };
      const found = await discover.discover(
        { ...filter, archived: source === 'public-domain' },
        readerOf(context),
      );
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json({ ...found, items: found.items.map(summaryOf) }, 200);
    })
    .openapi(genresRoute, async (context) => {
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json({ items: await discover.listGenres(readerOf(context)) }, 200);
    });
}
