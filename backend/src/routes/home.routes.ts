import type { MediaService } from '../services/media/media.service.js';
import { readerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import { homeRoute } from './media.schemas.js';
import { presentMediaSummary } from './movie.presenter.js';

export interface HomeRoutesOptions {
  media: MediaService;
}

export function createHomeRoutes({ media }: HomeRoutesOptions) {
  return createApi().openapi(homeRoute, async (context) => {
    const home = await media.getHome(readerOf(context));
    const rows = home.rows.map(({ id, title, items }) => ({
      id,
      title,
      items: items.map(presentMediaSummary),
    }));
    context.header('Vary', 'Accept-Language', { append: true });
    return context.json({ rows, catalogue: home.catalogue, stale: home.stale }, 200);
  });
}
