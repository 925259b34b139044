import { z } from 'zod';

// The Archive leaves unset fields out, gives one value as text and several as a list, and numbers as text. Everything is
// read as a list of texts; what is missing is an empty list.

const texts = z
  .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))])
  .optional()
  .catch(undefined)
  .transform((value) => (value === undefined ? [] : [value].flat().map(String)));

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
    docs: z.array(z.unknown()).transform((docs) =>
      docs.flatMap((doc): ArchiveItem[] => {
        const parsed = archiveItemSchema.safeParse(doc);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
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
  files: z
    .array(z.unknown())
    .optional()
    .catch([])
    .transform((files) =>
      (files ?? []).slice(0, 5_000).flatMap((file) => {
        const parsed = fileSchema.safeParse(file);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
});
export type ArchiveMetadata = z.infer<typeof archiveMetadataSchema>;
