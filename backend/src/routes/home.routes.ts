import type { HomeService } from '../services/media/home.service.js';
import type { ImageService } from '../services/media/image.service.js';
import { ownerOf, readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { homeRoute, homeRowsRoute, setHomeRowsRoute } from './media.schemas.js';
import { summaryPresenter } from './movie.presenter.js';

export interface HomeRoutesOptions {
  images: ImageService;
  home: HomeService;
}

export function createHomeRoutes({ home, images }: HomeRoutesOptions) {
  const summaryOf = summaryPresenter(images);
  return createApi()
    .openapi(homeRoute, async (context) => {
      const { rows, catalogue, stale } = await home.getHome(readerOf(context));
      const shown = rows.map(({ items, ...row }) => ({ ...row, items: items.map(summaryOf) }));
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json({ rows: shown, catalogue, stale }, 200);
    })
    .openapi(homeRowsRoute, async (context) => {
      return context.json({ rows: await home.listRows(readerOf(context)) }, 200);
    })
    .openapi(setHomeRowsRoute, async (context) => {
      const { rows } = context.req.valid('json');
      return context.json({ rows: await home.setRows(ownerOf(context).userId, rows) }, 200);
    });
}
