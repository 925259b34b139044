import { z } from 'zod';

const bytes = z.number().int().positive();
const key = z.object({ id: z.string(), key: z.custom<Uint8Array>((value) => value instanceof Uint8Array) });

/** Where pieces are kept, as the operator chose. Plain values: they cross to the engine's process, secrets among them. */
export const chunkStoreSettingsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), root: z.string() }),
  /** `maxBytes`: for all torrents together. */
  z.object({ kind: z.literal('memory'), maxBytes: bytes }),
  /** `masterKeys`: the first seals, the others open what they have sealed. */
  z.object({ kind: z.literal('encrypted'), root: z.string(), masterKeys: z.tuple([key], key).readonly() }),
]);
export type ChunkStoreSettings = z.output<typeof chunkStoreSettingsSchema>;
