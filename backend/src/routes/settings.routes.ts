import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { SettingsAuthor, SettingsService } from '../services/settings/settings.service.js';
import { createApi } from './create-api.js';
import { requestOrigin } from './request-origin.js';
import { presentFinding, presentRevision, presentSettings } from './settings.presenter.js';
import {
  rollBackSettingsRoute,
  settingRevisionsRoute,
  settingsRoute,
  testSettingsRoute,
  updateSettingsRoute,
} from './settings.schemas.js';

export interface SettingsRoutesOptions {
  settings: Pick<SettingsService<object>, 'getOverview' | 'change' | 'test' | 'listRevisions' | 'rollBack'>;
}

/** What can be changed while the server runs, for administrators. */
export function createSettingsRoutes({ settings }: SettingsRoutesOptions) {
  const noStore = { 'Cache-Control': 'no-store' };
  return createApi()
    .openapi(settingsRoute, async (context) =>
      context.json(presentSettings(await settings.getOverview()), 200, noStore),
    )
    .openapi(updateSettingsRoute, async (context) => {
      const { values, force } = context.req.valid('json');
      await settings.change(values, authorOf(context), { force });
      return context.json(presentSettings(await settings.getOverview()), 200, noStore);
    })
    .openapi(testSettingsRoute, async (context) => {
      const { group, values } = context.req.valid('json');
      const findings = await settings.test(group, values);
      return context.json({ findings: findings.map(presentFinding) }, 200);
    })
    .openapi(settingRevisionsRoute, async (context) => {
      const { page, pageSize } = context.req.valid('query');
      const { items, total } = await settings.listRevisions({ page, pageSize });
      return context.json({ items: items.map(presentRevision), page, pageSize, total }, 200);
    })
    .openapi(rollBackSettingsRoute, async (context) => {
      const { number } = context.req.valid('param');
      const { force } = context.req.valid('json');
      await settings.rollBack(number, authorOf(context), { force });
      return context.json(presentSettings(await settings.getOverview()), 200, noStore);
    });
}

function authorOf(context: Context<AppEnv>): SettingsAuthor {
  return { principal: requireUser(context), origin: requestOrigin(context) };
}
