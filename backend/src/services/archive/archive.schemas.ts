import { z } from 'zod';
import { longListOf, texts } from '../../http-client/foreign-lists.js';

// The Archive leaves unset fields out, gives one value as text and several as a list, and numbers as text. Everything is
// read as a list of texts; what is missing is an empty list.

/** Rows of a page, and files of an item, that are looked at. */
const mostRows = 1_000;
const mostFiles = 5_000;

/** Goes into addresses. */
const identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/);

const itemFields = {
  identifier,
  title: texts,
  description: texts,
  licenseurl: texts,
  year: texts,
  date: texts,
  creator: texts,
};

export const archiveItemSchema = z.object({
  ...itemFields,
  downloads: z.coerce.number().min(0).optional().catch(undefined),
});
export type ArchiveItem = z.infer<typeof archiveItemSchema>;

/** A failure is an answer with `error` instead of `response`, whatever its status: not of this shape. */
export const archiveSearchSchema = z.object({
  response: z.object({
    numFound: z.number().int().min(0),
    docs: longListOf(archiveItemSchema, mostRows),
  }),
});

const fileSchema = z.object({
  format: z.string(),
  length: z.string().optional().catch(undefined),
});

/** `{}` when there is no such item. */
export const archiveMetadataSchema = z.object({
  is_dark: z.boolean().optional().catch(undefined),
  metadata: z
    .object({
      ...itemFields,
      director: texts,
      subject: texts,
      'external-identifier': texts,
      'access-restricted-item': texts,
    })
    .optional()
    .catch(undefined),
  files: z.unknown().pipe(longListOf(fileSchema, mostFiles)).catch([]),
});
export type ArchiveMetadata = z.infer<typeof archiveMetadataSchema>;
