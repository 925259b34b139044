import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';
import { httpUrl, size } from './setting-values.js';

/** What the engine can be told to keep pieces in. */
const chunkStores = ['file', 'memory', 'encrypted', 'tiered', 's3'] as const;
const chunkStoreMeaning =
  'How pieces are kept: in files, in memory only, in encrypted files, in memory over files (over S3 when that is set), or in S3 under memory';
const withBucket = 'with CHUNK_STORE s3 or tiered';

/** What pieces are kept in, and how much of it. */
export const storageSettings = {
  CHUNK_STORE: setting({
    title: 'Chunk store',
    meaning: chunkStoreMeaning,
    allowed: chunkStores.join(', '),
    group: 'storage',
    choices: chunkStores,
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(chunkStores))
      .optional()
      .transform((value) => value ?? 'file'),
  }),
  CHUNK_MEMORY: setting({
    title: 'Memory for pieces',
    meaning: 'Memory for pieces, with CHUNK_STORE memory, tiered or s3',
    allowed: 'a size from 16MB to 64GB',
    group: 'storage',
    unit: 'bytes',
    schema: size
      .pipe(z.number().min(16e6).max(64e9))
      .optional()
      .transform((value) => value ?? 256e6),
  }),
  STORAGE_LIMIT: setting({
    title: 'Storage limit',
    meaning: 'How much the pieces of all torrents may take; the least recently watched goes first',
    allowed: 'a size such as 500MB or 20GB',
    group: 'storage',
    live: true,
    unit: 'bytes',
    schema: size.optional().transform((value) => value ?? 20e9),
  }),
  STORAGE_MIN_FREE: setting({
    title: 'Free space to leave',
    meaning: 'How much of the disk stays free for everything else',
    allowed: 'a size such as 500MB or 2GB',
    group: 'storage',
    live: true,
    unit: 'bytes',
    schema: size.optional().transform((value) => value ?? 1e9),
  }),
  S3_ENDPOINT: setting({
    title: 'S3 service',
    meaning: `Where the S3 service lives, without the bucket; ${withBucket}`,
    allowed: 'an http or https address',
    group: 'storage',
    schema: httpUrl.optional(),
  }),
  S3_BUCKET: setting({
    title: 'S3 bucket',
    meaning: `The bucket for pieces, which several servers may share; ${withBucket}`,
    allowed: '3 to 63 lower-case letters, digits, dots and dashes',
    group: 'storage',
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .optional(),
  }),
  S3_REGION: setting({
    title: 'S3 region',
    meaning: 'Region of the bucket',
    allowed: 'letters, digits and dashes',
    group: 'storage',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/)
      .default('us-east-1'),
  }),
  S3_PREFIX: setting({
    title: 'S3 prefix',
    meaning: 'What the names of our objects in the bucket begin with',
    allowed: 'letters, digits, dots, dashes, underscores and slashes between them',
    group: 'storage',
    schema: z
      .string()
      .regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/)
      .max(200)
      .default('kinora'),
  }),
  S3_ACCESS_KEY_ID: setting({
    title: 'S3 access key id',
    meaning: `Name of the key to the bucket; ${withBucket}`,
    allowed: '1 to 256 printable characters',
    group: 'storage',
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{1,256}$/)
      .optional(),
  }),
  S3_SECRET_ACCESS_KEY: setting({
    title: 'S3 secret access key',
    meaning: `The key to the bucket; ${withBucket}`,
    allowed: '1 to 256 printable characters',
    group: 'storage',
    secret: true,
    schema: z
      .string()
      .regex(/^[\x20-\x7e]{1,256}$/)
      .optional(),
  }),
  S3_LIMIT: setting({
    title: 'Limit of the bucket',
    meaning:
      'How much the bucket may hold, of all servers together; the least recently used goes first. As much as comes if unset',
    allowed: 'a size such as 500MB or 2000GB',
    group: 'storage',
    unit: 'bytes',
    schema: size.optional(),
  }),
};
