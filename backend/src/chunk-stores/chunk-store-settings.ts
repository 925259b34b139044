import { z } from 'zod';

const bytes = z.number().int().positive();
const key = z.object({ id: z.string(), key: z.custom<Uint8Array>((value) => value instanceof Uint8Array) });

const s3 = z.object({
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  prefix: z.string(),
});

/** Where pieces are kept, as the operator chose. Plain values: they cross to the engine's process, secrets among them. */
export const chunkStoreSettingsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), root: z.string() }),
  /** `maxBytes`: for all torrents together. */
  z.object({ kind: z.literal('memory'), maxBytes: bytes }),
  /** `masterKeys`: the first seals, the others open what they have sealed. */
  z.object({ kind: z.literal('encrypted'), root: z.string(), masterKeys: z.tuple([key], key).readonly() }),
  /** A bucket that servers share, under memory of `memoryBytes` for all torrents together. */
  z.object({ kind: z.literal('s3'), memoryBytes: bytes, s3 }),
  /** Memory over plain files, over a bucket that servers share if there is one. */
  z.object({ kind: z.literal('tiered'), root: z.string(), memoryBytes: bytes, s3: s3.nullable() }),
]);
export type ChunkStoreSettings = z.output<typeof chunkStoreSettingsSchema>;
