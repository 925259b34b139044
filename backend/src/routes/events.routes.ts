import { createRoute } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { requireUser } from '../middleware/auth.middleware.js';
import type { PlaybackService } from '../services/playback/playback.service.js';
import { problems } from './common.schemas.js';
import { createApi } from './create-api.js';

export interface EventsRoutesOptions {
  playback: PlaybackService;
  /** Between two looks, milliseconds. */
  everyMs?: number;
}

/** Streams of one user at a time; the oldest makes room. */
const maxStreams = 6;
/** Nothing new for so long is said too, so that proxies keep the connection. */
const heartbeatMs = 15_000;
/** As long as an access token: then the listener comes back with a fresh one. */
const lifetimeMs = 15 * 60_000;

const eventsRoute = createRoute({
  method: 'get',
  path: '/events',
  tags: ['playback'],
  security: [{ bearer: [] }],
  summary: 'What changes, as server-sent events',
  description:
    'Events `playback`, each with the state of one of the own plays as `GET /api/playback/{id}` has it, when it changes. ' +
    'Ends after a quarter of an hour; come back with a fresh token.',
  responses: { 200: { description: 'text/event-stream' }, ...problems(401) },
});

export function createEventsRoutes({ playback, everyMs = 1_000 }: EventsRoutesOptions) {
  const open = new Map<string, Set<AbortController>>();
  return createApi().openapi(eventsRoute, (context) => {
    const { userId } = requireUser(context);
    const own = open.get(userId) ?? new Set();
    open.set(userId, own);
    const [oldest] = own;
    if (own.size >= maxStreams) oldest?.abort();
    const end = new AbortController();
    own.add(end);
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => end.abort());
      const began = performance.now();
      let spokeAt = began;
      const told = new Map<string, string>();
      try {
        while (!end.signal.aborted && performance.now() - began < lifetimeMs) {
          const states = await playback.listStates(userId);
          for (const state of states) {
            const data = JSON.stringify(state);
            const { elapsedSeconds: _, ...lasting } = state;
            const substance = JSON.stringify(lasting);
            if (told.get(state.id) === substance) continue;
            told.set(state.id, substance);
            await stream.writeSSE({ event: 'playback', id: state.id, data });
            spokeAt = performance.now();
          }
          for (const id of told.keys()) if (!states.some((state) => state.id === id)) told.delete(id);
          if (performance.now() - spokeAt > heartbeatMs) {
            await stream.writeSSE({ event: 'still-here', data: '' });
            spokeAt = performance.now();
          }
          await stream.sleep(everyMs);
        }
      } finally {
        own.delete(end);
        if (own.size === 0) open.delete(userId);
      }
    });
  });
}
