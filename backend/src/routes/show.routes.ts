import type { ListService } from '../services/lists/list.service.js';
import type { ImageService } from '../services/media/image.service.js';
import type { MediaService } from '../services/media/media.service.js';
import type { PeopleService } from '../services/media/people.service.js';
import type { ShowService } from '../services/media/show.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { seasonRoute, showRoute, similarShowsRoute } from './media.schemas.js';
import { summaryPresenter } from './movie.presenter.js';
import { presentSeason, presentShow } from './show.presenter.js';

export interface ShowRoutesOptions {
  images: ImageService;
  media: MediaService;
  shows: ShowService;
  people: PeopleService;
  lists: ListService;
}

/** Series, their seasons and episodes. */
export function createShowRoutes({ media, shows, people, lists, images }: ShowRoutesOptions) {
  const summaryOf = summaryPresenter(images);
  return createApi()
    .openapi(showRoute, async (context) => {
      const page = await shows.getShow(context.req.valid('param').id, readerOf(context));
      const credits = await people.listCredits(page.show.id);
      const listIds = await lists.listsHolding(readerOf(context), page.show.id);
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json(presentShow(page, { credits, listIds }), 200);
    })
    .openapi(similarShowsRoute, async (context) => {
      const items = await media.listSimilar('show', context.req.valid('param').id, readerOf(context));
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json({ items: items.map(summaryOf) }, 200);
    })
    .openapi(seasonRoute, async (context) => {
      const { id, season } = context.req.valid('param');
      const page = await shows.getSeason(id, season, readerOf(context));
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json(presentSeason(page, new Date().toISOString().slice(0, 10)), 200);
    });
}
