import type { z } from '@hono/zod-openapi';
import { requireUser } from '../middleware/auth.middleware.js';
import type { StorageEntry, StorageService } from '../services/storage/storage.service.js';
import { createApi } from './create-api.js';
import { requestOrigin } from './request-origin.js';
import {
  deleteStorageRoute,
  type storageItemSchema,
  storageRoute,
  updateStorageRoute,
} from './storage.schemas.js';

export interface StorageRoutesOptions {
  storage: StorageService;
}

/** What lies on the disk, for administrators. */
export function createStorageRoutes({ storage }: StorageRoutesOptions) {
  return createApi()
    .openapi(storageRoute, async (context) => {
      const { items, ...totals } = await storage.getOverview();
      return context.json({ items: items.map(present), ...totals }, 200);
    })
    .openapi(updateStorageRoute, async (context) => {
      const { id } = context.req.valid('param');
      const { pinned } = context.req.valid('json');
      const entry = await storage.setPinned(id, pinned, requireUser(context), requestOrigin(context));
      return context.json(present(entry), 200);
    })
    .openapi(deleteStorageRoute, async (context) => {
      await storage.delete(context.req.valid('param').id, requireUser(context), requestOrigin(context));
      return context.body(null, 204);
    });
}

function present(entry: StorageEntry): z.infer<typeof storageItemSchema> {
  return { ...entry, lastUsedAt: entry.lastUsedAt?.toISOString() ?? null };
}
