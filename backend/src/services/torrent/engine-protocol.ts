// What the server and the engine's process say to each other, over Node's IPC channel with advanced serialization
// (so that bytes travel as bytes). Both ends check what arrives.
import { z } from 'zod';
import { chunkStoreSettingsSchema } from '../../chunk-stores/chunk-store-settings.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import { type ErrorCode, errorCodes } from '../../errors/error-codes.js';
import {
  EngineFailureError,
  EngineUnavailableError,
  MetadataTimeoutError,
  TorrentInvalidError,
  TorrentUnplayableError,
} from './torrent.errors.js';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const infoHash = z.string().regex(/^[0-9a-f]{40}$/);
const count = z.number().int().nonnegative();
const range = z.object({ start: count, end: count });

const specSchema = z.object({
  infoHash,
  torrentFile: bytes.optional(),
  announce: z.array(z.string()),
  peers: z.array(z.string()).optional(),
  webSeeds: z.array(z.string()).optional(),
});

const metadataSchema = z.object({
  infoHash,
  name: z.string(),
  pieceLength: count,
  length: count,
  files: z.array(
    z.object({
      index: count,
      name: z.string(),
      path: z.string(),
      length: count,
      offset: count,
      isPadding: z.boolean().optional(),
    }),
  ),
  isPrivate: z.boolean(),
});

const statusSchema = z.object({
  infoHash,
  stage: z.enum(['starting', 'finding-peers', 'fetching-metadata', 'ready', 'failed']),
  failure: z.string().nullable(),
  peers: count,
  kinds: z.object({ seeders: count, willing: count, silent: count, incoming: count }),
  webSeeds: count,
  webSeedTrouble: z.string().nullable(),
  unstoredBytes: count,
  lateMs: z.number(),
  peersKnown: count,
  trackerWarning: z.string().nullable(),
  downloadBytesPerSecond: z.number(),
  uploadBytesPerSecond: z.number(),
  storageTrouble: z.enum(['full', 'failing']).nullable(),
  metadata: metadataSchema.nullable(),
});

/** One entry a method: what it takes, what it answers. */
export const engineCalls = {
  add: { input: specSchema, output: z.undefined() },
  waitForMetadata: { input: z.object({ infoHash, timeoutMs: count }), output: metadataSchema },
  torrentFile: { input: z.object({ infoHash }), output: bytes.nullable() },
  status: { input: z.object({ infoHash }), output: statusSchema.nullable() },
  fetchWhole: { input: z.object({ infoHash, fileIndex: count }), output: z.undefined() },
  expectReader: { input: z.object({ infoHash, fileIndex: count.nullable() }), output: z.undefined() },
  progress: {
    input: z.object({ infoHash, fileIndex: count }),
    output: z.object({ downloadedBytes: count, ranges: z.array(range) }),
  },
  goodPeers: { input: z.object({ infoHash }), output: z.array(z.string()) },
  forgetPieces: {
    input: z.object({ infoHash, which: z.object({ bytes: count, headBytes: count, tailBytes: count }) }),
    output: count,
  },
  remove: { input: z.object({ infoHash, deleteData: z.boolean() }), output: z.undefined() },
  counters: {
    input: z.object({ infoHash }),
    output: z.object({ readers: count, requests: count, heldBytes: count }).nullable(),
  },
} as const;

export type EngineMethod = keyof typeof engineCalls;
export type EngineInput<M extends EngineMethod> = z.output<(typeof engineCalls)[M]['input']>;
export type EngineOutput<M extends EngineMethod> = z.output<(typeof engineCalls)[M]['output']>;

const call = { type: z.literal('call'), id: count };

/** Without it the process does not start: silence permits nothing. */
const networkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open') }),
  z.object({
    kind: z.literal('bound'),
    tunnel: z.object({
      interfaceName: z.string(),
      address: z.ipv4(),
      nameServers: z.array(z.ipv4()).readonly(),
    }),
  }),
  z.object({ kind: z.literal('closed'), reason: z.string(), keepsSockets: z.boolean().optional() }),
]);

const trafficRulesSchema = z.object({
  uploadLimit: count.optional(),
  downloadLimit: count.optional(),
  seeding: z
    .object({
      ratioPerTitle: z.number().nonnegative().optional(),
      ratioInAll: z.number().nonnegative().optional(),
      quietHours: z.object({ from: count, to: count }).optional(),
    })
    .optional(),
});

const settingsSchema = z.object({
  network: networkSchema,
  store: chunkStoreSettingsSchema,
  dht: z.boolean(),
  port: count.max(65_535).optional(),
  traffic: trafficRulesSchema,
  allowPrivatePeers: z.boolean(),
  webRtc: z.object({ stunServers: z.array(z.string()).readonly() }).optional(),
  /** Without it web seeds are not asked. */
  webSeeds: z.object({ userAgent: z.string(), allowedHosts: z.array(z.string()).readonly() }).optional(),
});
export type EngineSettings = z.output<typeof settingsSchema>;

/** From the server to the engine. */
export const toEngineSchema = z.union([
  z.object({ type: z.literal('start'), settings: settingsSchema, heartbeatMs: count }),
  z.object({ ...call, method: z.literal('add'), input: engineCalls.add.input }),
  z.object({ ...call, method: z.literal('waitForMetadata'), input: engineCalls.waitForMetadata.input }),
  z.object({ ...call, method: z.literal('torrentFile'), input: engineCalls.torrentFile.input }),
  z.object({ ...call, method: z.literal('status'), input: engineCalls.status.input }),
  z.object({ ...call, method: z.literal('fetchWhole'), input: engineCalls.fetchWhole.input }),
  z.object({ ...call, method: z.literal('expectReader'), input: engineCalls.expectReader.input }),
  z.object({ ...call, method: z.literal('progress'), input: engineCalls.progress.input }),
  z.object({ ...call, method: z.literal('goodPeers'), input: engineCalls.goodPeers.input }),
  z.object({ ...call, method: z.literal('forgetPieces'), input: engineCalls.forgetPieces.input }),
  z.object({ ...call, method: z.literal('remove'), input: engineCalls.remove.input }),
  z.object({ ...call, method: z.literal('counters'), input: engineCalls.counters.input }),
  /** The caller of `waitForMetadata` has gone. */
  z.object({ type: z.literal('cancel'), id: count }),
  z.object({
    type: z.literal('open'),
    reader: count,
    infoHash,
    fileIndex: count,
    range,
    bytesPerSecond: z.number().positive().optional(),
    credit: count,
    /** Whether the server reads itself what lies on disk. */
    takesStored: z.boolean(),
  }),
  /** The reader may send so many chunks more. */
  z.object({ type: z.literal('credit'), reader: count, chunks: count }),
  z.object({ type: z.literal('close'), reader: count }),
  z.object({ type: z.literal('traffic'), rules: trafficRulesSchema }),
  z.object({ type: z.literal('stop') }),
]);
export type ToEngine = z.output<typeof toEngineSchema>;

const failureSchema = z.object({ name: z.string(), code: z.enum(errorCodes), message: z.string() });
export type EngineFailure = z.output<typeof failureSchema>;

/** From the engine to the server. */
export const fromEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('chunk'), reader: count, bytes }),
  /** Instead of a chunk: these bytes of the file lie on disk. */
  z.object({ type: z.literal('stored'), reader: count, range }),
  z.object({ type: z.literal('end'), reader: count }),
  z.object({ type: z.literal('reader-failed'), reader: count, failure: failureSchema }),
  z.object({ type: z.literal('heartbeat'), active: infoHash.nullable(), residentBytes: count }),
  z.object({ type: z.literal('answer'), id: count, output: z.unknown() }),
  z.object({ type: z.literal('call-failed'), id: count, failure: failureSchema }),
  z.object({ type: z.literal('started'), port: count }),
  z.object({ type: z.literal('log'), level: z.enum(['info', 'warn', 'error']), message: z.string() }),
]);
export type FromEngine = z.output<typeof fromEngineSchema>;

/** An error as it crosses. What has no code of ours is a failure with that torrent: the process itself runs. */
export function describeFailure(error: unknown): EngineFailure {
  if (error instanceof AppError) return { name: error.name, code: error.code, message: error.message };
  return {
    name: 'EngineFailureError',
    code: 'torrent-unplayable',
    message: error instanceof Error ? error.message : String(error),
  };
}

/** The error on the other side, of the same class as far as callers can tell apart. */
export function reviveFailure(failure: EngineFailure): AppError {
  return classes[failure.name]?.(failure) ?? new EngineUnavailableError(new Error(failure.message));
}

const classes: Readonly<Record<string, (failure: { code: ErrorCode; message: string }) => AppError>> = {
  EngineFailureError: ({ message }) => new EngineFailureError(new Error(message)),
  TorrentInvalidError: ({ message }) => new TorrentInvalidError(reasonIn(message)),
  TorrentUnplayableError: ({ message }) => new TorrentUnplayableError(reasonIn(message)),
  MetadataTimeoutError: ({ message }) => new MetadataTimeoutError(Number(/\d+/.exec(message)?.[0] ?? 0)),
  NotFoundError: ({ message }) => new NotFoundError(message.replace(/ not found\.$/, '')),
};

/** Our messages end in `: reason.` */
function reasonIn(message: string): string {
  return message.replace(/^[^:]*: /, '').replace(/\.$/, '');
}
