import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../errors/app-error.js';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { AuditLogService } from '../services/audit/audit-log.service.js';
import type { PlaybackService, StartedPlayback } from '../services/playback/playback.service.js';
import type { PlaybackIntents } from '../services/playback/playback-intents.js';
import type { PlaybackRequest } from '../services/playback/playback-resolver.js';
import { torrentFileLimitBytes } from '../services/torrent/torrent-file.js';
import type { WatchOverview } from '../services/watch/watch-overview.js';
import { createApi } from './create-api.js';
import {
  beginIntentRoute,
  capabilitiesSchema,
  endIntentRoute,
  endPlaybackRoute,
  playbackBodySchema,
  type playbackSchema,
  playbackStateRoute,
  startPlaybackRoute,
  uploadSchema,
} from './playback.schemas.js';
import { requestOrigin } from './request-origin.js';
import { presentSource } from './source.presenter.js';

export interface PlaybackRoutesOptions {
  playback: PlaybackService;
  intents: PlaybackIntents;
  audit: AuditLogService;
  watchOverview: WatchOverview;
}

export function createPlaybackRoutes({ playback, intents, audit, watchOverview }: PlaybackRoutesOptions) {
  const api = createApi();
  // A .torrent file and the envelope of a form around it.
  api.use(
    '/playback',
    bodyLimit({
      maxSize: torrentFileLimitBytes + 64 * 1024,
      onError: () => {
        throw new AppError('payload-too-large', 'A .torrent file may have at most 4 MiB.');
      },
    }),
  );
  return api
    .openapi(startPlaybackRoute, async (context) => {
      const { request, capabilities } = await readRequest(context, {
        // Already checked by the route; parsed again because the route's type cannot tell which of its three bodies came.
        json: () => playbackBodySchema.parse(context.req.valid('json')),
        form: () => uploadSchema.parse(context.req.valid('form')).torrent,
        fileIndex: context.req.valid('query').fileIndex,
      });
      const principal = requireUser(context);
      const started = await playback.play(principal, request, capabilities);
      await audit.record({
        action: 'playback.started',
        outcome: 'ok',
        actor: { id: principal.userId, name: principal.username },
        origin: requestOrigin(context),
        detail: { title: started.resolved.title, infoHash: started.resolved.torrent.infoHash },
      });
      const { mediaId, place } = started.resolved;
      const resumeAt =
        mediaId === null ? null : await watchOverview.resumeAt(principal.userId, { mediaId, ...place });
      return context.json(present(started, resumeAt), 201);
    })
    .openapi(beginIntentRoute, async (context) => {
      const body = context.req.valid('json');
      await intents.begin(
        requireUser(context),
        !('sourceId' in body) ? titleOf(body) : sourceOf(body),
        body.capabilities ?? assumedCapabilities(),
      );
      return context.body(null, 202);
    })
    .openapi(endIntentRoute, (context) => {
      intents.end(requireUser(context).userId);
      return context.body(null, 204);
    })
    .openapi(playbackStateRoute, async (context) => {
      const { id } = context.req.valid('param');
      const { waiting, length: lengthSeconds } = context.req.valid('query');
      const said = { isWaiting: waiting === 'true', lengthSeconds };
      return context.json(await playback.getState(requireUser(context), id, said), 200);
    })
    .openapi(endPlaybackRoute, (context) => {
      playback.end(requireUser(context), context.req.valid('param').id);
      return context.body(null, 204);
    });
}

interface BodyReaders {
  json: () => z.infer<typeof playbackBodySchema>;
  form: () => File;
  fileIndex: number | undefined;
}

type Capabilities = z.infer<typeof capabilitiesSchema>;

async function readRequest(
  context: Context<AppEnv>,
  readers: BodyReaders,
): Promise<{ request: PlaybackRequest; capabilities: Capabilities }> {
  const contentType = context.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  const { fileIndex } = readers;
  switch (contentType ?? '') {
    case 'application/json': {
      const body = readers.json();
      return { request: fromJson(body), capabilities: body.capabilities ?? assumedCapabilities() };
    }
    case 'application/x-bittorrent': {
      const bytes = new Uint8Array(await context.req.arrayBuffer());
      return { request: { kind: 'torrent-file', bytes, fileIndex }, capabilities: assumedCapabilities() };
    }
    case 'multipart/form-data': {
      const bytes = new Uint8Array(await readers.form().arrayBuffer());
      return { request: { kind: 'torrent-file', bytes, fileIndex }, capabilities: assumedCapabilities() };
    }
    default:
      throw new AppError(
        'unsupported-media-type',
        'Send JSON that names what to play, or a .torrent file as application/x-bittorrent or multipart/form-data.',
      );
  }
}

function fromJson(body: z.infer<typeof playbackBodySchema>): PlaybackRequest {
  if ('sourceId' in body) return sourceOf(body);
  if ('mediaId' in body) return titleOf(body);
  return { kind: 'magnet', magnet: body.magnet, fileIndex: body.fileIndex };
}

interface PlaceInBody {
  season?: number | undefined;
  episode?: number | undefined;
}

function titleOf({ mediaId, ...body }: { mediaId: string } & PlaceInBody) {
  return { kind: 'media' as const, mediaId, place: placeOf(body) };
}

function sourceOf({
  sourceId,
  fileIndex,
  mediaId,
  ...body
}: { sourceId: string; fileIndex?: number | undefined; mediaId?: string | undefined } & PlaceInBody) {
  const chosenFor = mediaId === undefined ? undefined : { mediaId, place: placeOf(body) ?? null };
  return { kind: 'source' as const, sourceId, fileIndex, chosenFor };
}

function placeOf({ season, episode }: PlaceInBody) {
  return season === undefined || episode === undefined ? undefined : { season, episode };
}

/** What any browser of these years decodes. */
function assumedCapabilities(): Capabilities {
  return capabilitiesSchema.parse({});
}

function present(started: StartedPlayback, resumeAtSeconds: number | null): z.infer<typeof playbackSchema> {
  const { resolved } = started;
  return {
    id: started.id,
    mode: 'direct',
    url: `/api/stream/${started.grant}`,
    mimeType: started.mimeType,
    durationSeconds: resolved.durationSeconds,
    audioTracks: [],
    subtitles: [],
    resumeAtSeconds,
    source: resolved.source && presentSource(resolved.source),
    reasons: [...resolved.reasons],
    state: started.state,
  };
}
