import type { z } from '@hono/zod-openapi';
import type { KnownList, ListedTitle, ListService } from '../services/lists/list.service.js';
import { ownerOf } from './accept-language.js';
import { createApi } from './create-api.js';
import {
  createListRoute,
  deleteListItemRoute,
  deleteListRoute,
  type listItemSchema,
  listRoute,
  type listSchema,
  listsRoute,
  putListItemRoute,
  syncListRoute,
  updateListRoute,
} from './list.schemas.js';
import { presentMediaSummary } from './movie.presenter.js';

export interface ListRoutesOptions {
  lists: ListService;
}

/** Watchlists and other lists of titles. */
export function createListRoutes({ lists }: ListRoutesOptions) {
  return createApi()
    .openapi(listsRoute, async (context) => {
      return context.json({ items: (await lists.list(ownerOf(context))).map(presentList) }, 200);
    })
    .openapi(createListRoute, async (context) => {
      const body = context.req.valid('json');
      const owner = ownerOf(context);
      if ('tmdbList' in body) return context.json(presentList(await lists.follow(owner, body.tmdbList)), 201);
      const { shared, ...fields } = body;
      return context.json(presentList(await lists.create(owner, { ...fields, isShared: shared })), 201);
    })
    .openapi(listRoute, async (context) => {
      const { id } = context.req.valid('param');
      const page = context.req.valid('query');
      const owner = ownerOf(context);
      const list = await lists.get(id, owner);
      const { items, total } = await lists.listItems(id, owner, page);
      context.header('Vary', 'Accept-Language', { append: true });
      return context.json({ list: presentList(list), items: items.map(presentItem), ...page, total }, 200);
    })
    .openapi(updateListRoute, async (context) => {
      const { shared, ...changes } = context.req.valid('json');
      const { id } = context.req.valid('param');
      const list = await lists.update(id, ownerOf(context), { ...changes, isShared: shared });
      return context.json(presentList(list), 200);
    })
    .openapi(deleteListRoute, async (context) => {
      await lists.delete(context.req.valid('param').id, ownerOf(context));
      return context.body(null, 204);
    })
    .openapi(syncListRoute, async (context) => {
      return context.json(
        presentList(await lists.syncNow(context.req.valid('param').id, ownerOf(context))),
        200,
      );
    })
    .openapi(putListItemRoute, async (context) => {
      const { id, itemId } = context.req.valid('param');
      // Without a body there is nothing to change but that it is on the list.
      const change = context.req.header('Content-Type') === undefined ? {} : context.req.valid('json');
      const { listed, isNew } = await lists.putItem(id, itemId, ownerOf(context), change);
      return isNew ? context.json(presentItem(listed), 201) : context.json(presentItem(listed), 200);
    })
    .openapi(deleteListItemRoute, async (context) => {
      const { id, itemId } = context.req.valid('param');
      await lists.removeItem(id, itemId, ownerOf(context));
      return context.body(null, 204);
    });
}

function presentList({ list, isOwn, itemCount }: KnownList): z.infer<typeof listSchema> {
  return {
    id: list.id,
    kind: list.kind,
    name: list.name,
    description: list.description,
    shared: list.isShared,
    own: isOwn,
    itemCount,
    syncedAt: list.syncedAt?.toISOString() ?? null,
    syncMessage: list.syncMessage,
    createdAt: list.createdAt.toISOString(),
    updatedAt: list.updatedAt.toISOString(),
  };
}

function presentItem({ item, title }: ListedTitle): z.infer<typeof listItemSchema> {
  return { media: presentMediaSummary(title), note: item.note, addedAt: item.addedAt.toISOString() };
}
