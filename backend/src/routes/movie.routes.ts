import type { ListService } from '../services/lists/list.service.js';
import type { ImageService } from '../services/media/image.service.js';
import type { MediaService } from '../services/media/media.service.js';
import type { PeopleService } from '../services/media/people.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { movieRoute, similarMoviesRoute } from './media.schemas.js';
import { presentMovie, summaryPresenter } from './movie.presenter.js';

export interface MovieRoutesOptions {
  images: ImageService;
  media: MediaService;
  people: PeopleService;
  lists: ListService;
}

export function createMovieRoutes({ media, people, lists, images }: MovieRoutesOptions) {
  const summaryOf = summaryPresenter(images);
  return createApi()
    .openapi(movieRoute, async (context) => {
      const movie = await media.getMovie(context.req.valid('param').id, readerOf(context));
      const credits = await people.listCredits(movie.id);
      const listIds = await lists.listsHolding(readerOf(context), movie.id);
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json(presentMovie(movie, { credits, listIds }), 200);
    })
    .openapi(similarMoviesRoute, async (context) => {
      const items = await media.listSimilar('movie', context.req.valid('param').id, readerOf(context));
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json({ items: items.map(summaryOf) }, 200);
    });
}
