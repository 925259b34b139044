import type { z } from '@hono/zod-openapi';
import { requireUser } from '../middleware/auth.middleware.js';
import type { IndexerService, ManagedIndexer } from '../services/indexers/indexer.service.js';
import { createApi } from './create-api.js';
import {
  addIndexerRoute,
  deleteIndexerRoute,
  type indexerSchema,
  indexersRoute,
  orderIndexersRoute,
  testIndexerRoute,
  testNewIndexerRoute,
  updateIndexerRoute,
} from './indexer.schemas.js';
import { requestOrigin } from './request-origin.js';

export interface IndexerRoutesOptions {
  indexers: IndexerService;
}

/** The indexers, for administrators. Keys go in and never come out. */
export function createIndexerRoutes({ indexers }: IndexerRoutesOptions) {
  const presentAll = (items: readonly ManagedIndexer[]) => ({
    items: items.map(presentIndexer),
    kinds: indexers.kinds.map(({ kind, label, takes }) => ({
      kind,
      label,
      takesSeveralUrls: takes.urls === 'several',
      takesApiKey: takes.apiKey,
    })),
  });
  return createApi()
    .openapi(indexersRoute, async (context) => context.json(presentAll(await indexers.list()), 200))
    .openapi(addIndexerRoute, async (context) => {
      const wanted = context.req.valid('json');
      const added = await indexers.add(wanted, requireUser(context), requestOrigin(context));
      return context.json(presentIndexer(added), 201);
    })
    .openapi(testNewIndexerRoute, async (context) =>
      context.json(await indexers.testNew(context.req.valid('json')), 200),
    )
    .openapi(orderIndexersRoute, async (context) => {
      const { ids } = context.req.valid('json');
      const ordered = await indexers.reorder(ids, requireUser(context), requestOrigin(context));
      return context.json(presentAll(ordered), 200);
    })
    .openapi(updateIndexerRoute, async (context) => {
      const { id } = context.req.valid('param');
      const changes = context.req.valid('json');
      const changed = await indexers.update(id, changes, requireUser(context), requestOrigin(context));
      return context.json(presentIndexer(changed), 200);
    })
    .openapi(deleteIndexerRoute, async (context) => {
      await indexers.delete(context.req.valid('param').id, requireUser(context), requestOrigin(context));
      return context.body(null, 204);
    })
    .openapi(testIndexerRoute, async (context) =>
      context.json(await indexers.test(context.req.valid('param').id), 200),
    );
}

function presentIndexer(indexer: ManagedIndexer): z.infer<typeof indexerSchema> {
  return {
    id: indexer.id,
    kind: indexer.kind,
    label: indexer.label,
    name: indexer.name,
    origin: indexer.origin,
    enabled: indexer.enabled,
    urls: indexer.urls,
    hasApiKey: indexer.hasApiKey,
    categories: indexer.categories,
    searches: indexer.searches,
    failures: indexer.failures,
    responseMs: indexer.responseMs,
    resultsPerSearch: indexer.resultsPerSearch,
    lastError: indexer.lastError,
    lastErrorAt: indexer.lastErrorAt?.toISOString() ?? null,
    lastOkAt: indexer.lastOkAt?.toISOString() ?? null,
  };
}
