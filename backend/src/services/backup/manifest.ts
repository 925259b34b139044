import { z } from 'zod';

/** The first entry of a backup: what else is in it. */
export const manifestName = 'manifest.json';

/** Names that may be in a backup. Everything else is refused, so that none can point outside the data folder. */
export const entryName = /^(kinora\.sqlite|database\.pgdump|kinora\.json|secrets\/[\w-][\w.-]{0,63})$/;

/** What pg_restore reads, where the database is a PostgreSQL. */
export const dumpName = 'database.pgdump';

export const manifestSchema = z.strictObject({
  format: z.literal('kinora-backup'),
  formatVersion: z.literal(1),
  /** Of the program that made it. */
  version: z.string().max(64),
  createdAt: z.iso.datetime(),
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(entryName),
        size: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(1_000)
    .refine((files) => new Set(files.map(({ name }) => name)).size === files.length),
});

export type Manifest = z.infer<typeof manifestSchema>;
