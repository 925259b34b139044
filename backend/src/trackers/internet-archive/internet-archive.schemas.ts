import { z } from 'zod';
import { longListOf, texts } from '../../http-client/foreign-lists.js';

// Fields that are not set are absent; one with several values is a list, with one a string; numbers of files are text.

/** Rows of a search, and files of an item, that are looked at. */
const mostRows = 100;
const mostFiles = 5_000;

const docSchema = z.object({
  identifier: z.string().regex(/^[\w.-]{1,128}$/),
  title: texts,
  year: texts,
  licenseurl: texts,
});

export const archiveSearchSchema = z.object({
  response: z.object({
    docs: longListOf(docSchema, mostRows),
  }),
});

const fileSchema = z.object({
  name: z.string().min(1).max(1_000),
  format: z.string().catch(''),
  size: z.coerce.number().int().positive().nullish().catch(null),
  height: z.coerce.number().int().positive().nullish().catch(null),
  length: z.string().nullish().catch(null),
  btih: z
    .string()
    .regex(/^[0-9a-f]{40}$/i)
    .toLowerCase()
    .nullish()
    .catch(null),
});
export type ArchiveFile = z.infer<typeof fileSchema>;

/** An unknown item is `{}` with status 200; a withdrawn one is dark. */
export const archiveItemSchema = z.object({
  is_dark: z.boolean().optional().catch(undefined),
  metadata: z
    .object({
      identifier: z.string(),
      title: texts,
      year: texts,
      date: texts,
      licenseurl: texts,
      publicdate: texts,
      'external-identifier': texts,
      'access-restricted-item': texts,
    })
    .optional()
    .catch(undefined),
  files: z.unknown().pipe(longListOf(fileSchema, mostFiles)).catch([]),
});
export type ArchiveItem = z.infer<typeof archiveItemSchema>;
