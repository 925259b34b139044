import { z } from 'zod';

// Fields that are not set are absent; one with several values is a list, with one a string; numbers of files are text.

const texts = z
  .union([z.string(), z.number().transform(String), z.array(z.coerce.string())])
  .nullish()
  .catch(null)
  .transform((value) =>
    value === null || value === undefined ? [] : Array.isArray(value) ? value : [value],
  );

const docSchema = z.object({
  identifier: z.string().regex(/^[\w.-]{1,128}$/),
  title: texts,
  year: texts,
  licenseurl: texts,
});

export const archiveSearchSchema = z.object({
  response: z.object({
    docs: z.array(z.unknown()).transform((docs) =>
      docs.flatMap((raw): z.output<typeof docSchema>[] => {
        const doc = docSchema.safeParse(raw);
        return doc.success ? [doc.data] : [];
      }),
    ),
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
  files: z
    .array(z.unknown())
    .optional()
    .transform((files) =>
      (files ?? []).slice(0, 5_000).flatMap((raw): ArchiveFile[] => {
        const file = fileSchema.safeParse(raw);
        return file.success ? [file.data] : [];
      }),
    ),
});
export type ArchiveItem = z.infer<typeof archiveItemSchema>;
