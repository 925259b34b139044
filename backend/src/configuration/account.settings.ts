import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';

/** The first account, and how long the audit log remembers. */
export const accountSettings = {
  ADMIN_USERNAME: setting({
    title: 'First administrator',
    meaning: 'Creates the first administrator when there is none; needs ADMIN_PASSWORD',
    allowed: '2 to 64 letters, digits, dots, dashes, underscores or @',
    group: 'accounts',
    fixed: 'It only counts on a first start; accounts are made on the page of the users.',
    schema: z
      .string()
      .regex(/^[\p{L}\p{N}._@-]{2,64}$/u)
      .optional(),
  }),
  ADMIN_PASSWORD: setting({
    title: 'Password of the first administrator',
    meaning: 'Password of that administrator',
    allowed: '10 to 1024 characters',
    group: 'accounts',
    fixed: 'It only counts on a first start; accounts are made on the page of the users.',
    secret: true,
    schema: z.string().min(10).max(1024).optional(),
  }),
  SESSION_IDLE_DAYS: setting({
    title: 'Sign out when unused for',
    meaning: 'A sign-in that is not used for so long ends; every sign-in ends after 30 days in any case',
    allowed: 'a number of days from 1 to 30',
    group: 'accounts',
    live: true,
    schema: z
      .string()
      .regex(/^\d{1,2}$/)
      .transform(Number)
      .pipe(z.number().min(1).max(30))
      .optional()
      .transform((value) => value ?? 14),
  }),
  AUDIT_RETENTION_DAYS: setting({
    title: 'Audit log kept for',
    meaning: 'How long audit events are kept; of more than 200,000 the oldest go earlier',
    allowed: 'a number of days from 1 to 3650',
    group: 'accounts',
    live: true,
    schema: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number)
      .pipe(z.number().min(1).max(3650))
      .optional()
      .transform((value) => value ?? 90),
  }),
};
