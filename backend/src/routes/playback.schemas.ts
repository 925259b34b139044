import { createRoute, z } from '@hono/zod-openapi';
import { magnetLimit } from '../services/torrent/magnet.js';
import { idParams, idSchema, json, problems } from './common.schemas.js';
import { sourceSchema } from './source.schemas.js';

/** What the client can decode. Codecs by their short names: h264, hevc, av1, vp9; aac, mp3, opus, ac3, eac3, dts, flac. */
export const capabilitiesSchema = z
  .strictObject({
    containers: z.array(z.string().max(16)).max(16).default(['mp4', 'webm']),
    videoCodecs: z.array(z.string().max(16)).max(16).default(['h264', 'vp9', 'av1']),
    audioCodecs: z.array(z.string().max(16)).max(16).default(['aac', 'mp3', 'opus']),
    bitsPerSecond: z
      .number()
      .int()
      .min(1)
      .max(1e12)
      .nullable()
      .optional()
      .openapi({ description: 'Of its line, as the client measured it' }),
  })
  .openapi('ClientCapabilities');

const episodePlace = {
  season: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .openapi({ description: 'With `episode`, when the id is that of a series' }),
  episode: z.number().int().min(0).max(100_000).optional(),
};
const fileIndex = z.number().int().min(0).max(100_000).optional();
const capabilities = capabilitiesSchema.optional();

const bothOrNeither = ({ season, episode }: { season?: number | undefined; episode?: number | undefined }) =>
  (season === undefined) === (episode === undefined);
const episodeFault = { path: ['episode'], message: 'season and episode go together' };

const titleSchema = z
  .strictObject({ mediaId: idSchema, ...episodePlace, capabilities })
  .refine(bothOrNeither, episodeFault);

const chosenSchema = z
  .strictObject({
    sourceId: idSchema,
    mediaId: idSchema.optional().openapi({
      description: 'The film or series that the source was chosen for; 404 when it is of another',
    }),
    ...episodePlace,
    fileIndex,
    capabilities,
  })
  .refine(bothOrNeither, episodeFault);

export const playbackBodySchema = z
  .union([
    titleSchema,
    chosenSchema,
    z.strictObject({ magnet: z.string().min(1).max(magnetLimit), fileIndex, capabilities }),
  ])
  .openapi('PlaybackRequest');

export const uploadSchema = z.object({
  torrent: z.instanceof(File, { message: 'a file is wanted' }).openapi({ type: 'string', format: 'binary' }),
});

/** Stages in the order a play goes through them; `stalled` and `failed` can follow any. */
export const stageSchema = z
  .enum(['starting', 'finding-peers', 'fetching-metadata', 'buffering', 'ready', 'stalled', 'failed'])
  .openapi('PlaybackStage');

export const playbackStateSchema = z
  .object({
    id: idSchema,
    mediaId: idSchema.nullable(),
    season: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'With `episode`, which one of a series plays; progress is saved under these' }),
    episode: z.number().int().nullable(),
    title: z.string(),
    stage: stageSchema,
    message: z.string().openapi({ description: 'The stage in one sentence, with its number or reason' }),
    elapsedSeconds: z.number().openapi({ description: 'Since play was asked for' }),
    peers: z.number().int().openapi({ description: 'Peers connected' }),
    webSeeds: z.number().int().openapi({ description: 'Servers that have the film and can be asked' }),
    downloadBytesPerSecond: z.number().int(),
    uploadBytesPerSecond: z.number().int(),
    file: z
      .object({
        index: z.number().int(),
        name: z.string(),
        sizeBytes: z.number().int(),
        mimeType: z.string(),
      })
      .nullable()
      .openapi({ description: 'Null until the torrent metadata is known' }),
    swarm: z
      .object({
        seeders: z.number().int().openapi({ description: 'Have everything' }),
        willing: z.number().int().openapi({ description: 'Let us ask' }),
        silent: z.number().int().openapi({ description: 'Let us ask and do not answer' }),
        incoming: z.number().int().openapi({ description: 'Called us' }),
      })
      .openapi({ description: 'Connected peers by kind; one may count in several' }),
    runwaySeconds: z.number().nullable().openapi({
      description: 'Film that lies here from where the player reads; null while its rate is unknown',
    }),
    lengthDoubt: z.string().nullable().openapi({
      description:
        'Why the file may not be the title, by its running time; null when nothing speaks against it',
    }),
    verdict: z
      .object({
        cause: z.enum(['swarm', 'vpn', 'disk', 'cpu', 'client']),
        message: z.string(),
        evidence: z.array(z.string()),
      })
      .nullable()
      .openapi({ description: 'Why it stands still, when it does' }),
    alternatives: z.array(z.string()).openapi({
      description: 'Other sources of the title, best first, while the swarm of this one fails the viewer',
    }),
    downloadedBytes: z.number().int().openapi({ description: 'Verified bytes of the file' }),
    downloadedRanges: z
      .array(z.object({ start: z.number().int(), end: z.number().int() }))
      .openapi({ description: 'Verified byte ranges of the file, end exclusive, ascending, at most 200' }),
  })
  .openapi('PlaybackState');

export const playbackSchema = z
  .object({
    id: idSchema,
    mode: z.enum(['direct', 'hls']),
    url: z.string().openapi({ description: 'Carries its own short-lived grant' }),
    mimeType: z
      .string()
      .nullable()
      .openapi({ description: 'Null while the torrent metadata is not known yet' }),
    durationSeconds: z.number().nullable(),
    audioTracks: z.array(
      z.object({ index: z.number().int(), language: z.string().nullable(), label: z.string() }),
    ),
    subtitles: z.array(z.object({ url: z.string(), language: z.string().nullable(), label: z.string() })),
    resumeAtSeconds: z.number().nullable(),
    source: sourceSchema
      .nullable()
      .openapi({ description: 'The source chosen, when it came from the catalogue' }),
    reasons: z.array(z.string()).openapi({ description: 'Why this source' }),
    state: playbackStateSchema,
  })
  .openapi('Playback');

export const startPlaybackRoute = createRoute({
  method: 'post',
  path: '/playback',
  tags: ['playback'],
  security: [{ bearer: [] }],
  summary: 'Play a title, a source, a magnet or a .torrent file',
  description:
    'JSON names what to play. A .torrent file is sent as `application/x-bittorrent`, or as the field `torrent` of ' +
    '`multipart/form-data`; `?fileIndex=` picks a file of it.',
  request: {
    query: z.object({ fileIndex: z.coerce.number().int().min(0).max(100_000).optional() }),
    body: {
      content: {
        'application/json': { schema: playbackBodySchema },
        'application/x-bittorrent': { schema: z.string().openapi({ format: 'binary' }) },
        'multipart/form-data': { schema: uploadSchema },
      },
      // Required, but of three types: each is asked for by its own content type, and its absence is refused in the handler.
      required: false,
    },
  },
  responses: {
    201: json(playbackSchema, 'The granted stream'),
    ...problems(400, 401, 404, 413, 415, 422, 503, 507),
  },
});

export const intentBodySchema = z.union([titleSchema, chosenSchema]).openapi('PlaybackIntent');

export const beginIntentRoute = createRoute({
  method: 'post',
  path: '/playback/intent',
  tags: ['playback'],
  security: [{ bearer: [] }],
  summary: 'Make a title ready that may be played soon',
  description:
    'Joins its swarm and fetches its first and last bytes, within a budget, until it is let go of, another is named, or ' +
    'three minutes have passed. Nothing happens while somebody who plays waits for bytes.',
  request: { body: { content: { 'application/json': { schema: intentBodySchema } }, required: true } },
  responses: { 202: { description: 'Being made ready' }, ...problems(400, 401, 403, 404, 503) },
});

export const endIntentRoute = createRoute({
  method: 'delete',
  path: '/playback/intent',
  tags: ['playback'],
  security: [{ bearer: [] }],
  summary: 'Let go of what was made ready',
  responses: { 204: { description: 'Let go of' }, ...problems(401) },
});

export const playbackStateRoute = createRoute({
  method: 'get',
  path: '/playback/{id}',
  tags: ['playback'],
  security: [{ bearer: [] }],
  summary: 'Live state of a play',
  request: {
    params: idParams,
    query: z.object({
      waiting: z
        .enum(['true', 'false'])
        .optional()
        .openapi({ description: 'The player has run out of film' }),
      length: z.coerce
        .number()
        .positive()
        .max(7 * 24 * 3_600)
        .optional()
        .openapi({ description: 'Running time of the file in seconds, once the player knows it' }),
    }),
  },
  responses: { 200: json(playbackStateSchema, 'What is happening now'), ...problems(401, 404) },
});

export const endPlaybackRoute = createRoute({
  method: 'delete',
  path: '/playback/{id}',
  tags: ['playback'],
  security: [{ bearer: [] }],
  summary: 'Leave; what the play held is freed',
  request: { params: idParams },
  responses: { 204: { description: 'Ended' }, ...problems(401, 404) },
});

export const streamRoute = createRoute({
  method: 'get',
  path: '/stream/{grant}',
  tags: ['playback'],
  summary: 'The bytes of the film, RFC 9110 ranges',
  request: { params: z.object({ grant: z.string().max(4096) }) },
  responses: {
    200: { description: 'The whole file' },
    206: { description: 'The asked range' },
    ...problems(403, 404, 416, 503),
  },
});
