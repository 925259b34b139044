import type { z } from '@hono/zod-openapi';
import type { SettingRevision } from '../entities/setting-revision.entity.js';
import type { Finding } from '../services/settings/finding.js';
import { settingGroupTitles } from '../services/settings/setting-definition.js';
import type { SettingsOverview } from '../services/settings/settings.service.js';
import type { settingFindingsSchema, settingRevisionSchema, settingsSchema } from './settings.schemas.js';

export function presentSettings({ settings, groups }: SettingsOverview): z.infer<typeof settingsSchema> {
  return {
    groups: groups.map((group) => ({ ...group, title: settingGroupTitles[group.id] })),
    settings: settings.map((setting) => ({ ...setting, choices: [...setting.choices] })),
  };
}

export function presentFinding({
  subject,
  verdict,
  text,
  mayPass,
}: Finding): z.infer<typeof settingFindingsSchema>['findings'][number] {
  return { subject, verdict, text, mayPass: mayPass ?? false };
}

/** Secrets are told as set or not, sealed as they are. */
export function presentRevision({
  changes,
  at,
  ...revision
}: SettingRevision): z.infer<typeof settingRevisionSchema> {
  return {
    ...revision,
    at: at.toISOString(),
    changes: changes.map(({ name, before, after, sealed }) => ({
      name,
      secret: sealed,
      wasSet: before !== null,
      isSet: after !== null,
      before: sealed ? null : before,
      after: sealed ? null : after,
    })),
  };
}
