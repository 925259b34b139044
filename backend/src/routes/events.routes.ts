import { createRoute } from '@hono/zod-openapi';
import type { SSEMessage, SSEStreamingApi } from 'hono/streaming';
import { requireUser } from '../middleware/auth.middleware.js';
import type { RightsWatch } from '../services/auth/rights-watch.js';
import type { PlaybackService } from '../services/playback/playback.service.js';
import type { SchedulerService } from '../services/scheduler/scheduler.service.js';
import type { VpnGuard } from '../services/vpn/vpn-guard.service.js';
import type { WatchNews } from '../services/watch/watch-news.js';
import { problems } from './common.schemas.js';
import { createApi } from './create-api.js';
import { streamEvents } from './streamed-body.js';
import { presentVpn } from './vpn.presenter.js';

export interface EventsRoutesOptions {
  playback: PlaybackService;
  rights: Pick<RightsWatch, 'hold'>;
  vpn: Pick<VpnGuard, 'getStatus' | 'onStatus'>;
  watchNews: WatchNews;
  scheduler: Pick<SchedulerService, 'runningNames'>;
  /** Fires when the server stops: nobody is to be waited for. */
  stopping?: AbortSignal | undefined;
  /** Between two looks, milliseconds. */
  everyMs?: number;
}

/** Streams of one user at a time; the oldest makes room. */
const maxStreams = 12;
/** Nothing new for so long is said too, so that proxies keep the connection. */
const heartbeatMs = 15_000;
/** As long as an access token: then the listener comes back with a fresh one. */
const lifetimeMs = 15 * 60_000;

/** What there is one of for each listener, and not one for each play. */
const lasting: ReadonlySet<string> = new Set(['vpn', 'watching', 'jobs']);

const eventsRoute = createRoute({
  method: 'get',
  path: '/events',
  tags: ['playback'],
  security: [{ bearer: [] }],
  summary: 'What changes, as server-sent events',
  description:
    'Events `playback`, each with the state of one of the own plays as `GET /api/playback/{id}` has it, when it changes; ' +
    '`vpn`, as `GET /api/vpn` has it, at the beginning and as soon as it changes; `watching`, with a number that grows, when ' +
    'what oneself watched, marked or rated changed on any device; and to administrators `jobs`, with the names of those ' +
    'that run on this server, when that changes. ' +
    'Ends after a quarter of an hour, and at once when the sign-in ends or the role or age limit of the account changes; ' +
    'come back with a fresh token.',
  responses: { 200: { description: 'text/event-stream' }, ...problems(401) },
});

export function createEventsRoutes({
  playback,
  rights,
  vpn,
  watchNews,
  scheduler,
  stopping,
  everyMs = 1_000,
}: EventsRoutesOptions) {
  const open = new Map<string, Set<AbortController>>();
  return createApi().openapi(eventsRoute, (context) => {
    const principal = requireUser(context);
    const { userId, role } = principal;
    return streamEvents(context, async (stream) => {
      const own = open.get(userId) ?? new Set();
      open.set(userId, own);
      const [oldest] = own;
      if (own.size >= maxStreams) oldest?.abort();
      const end = new AbortController();
      own.add(end);
      const leave = () => end.abort();
      // At once, and not when the loop sees it: a client that does not read can hold the loop up.
      end.signal.addEventListener('abort', () => own.delete(end), { once: true });
      stopping?.addEventListener('abort', leave);
      // The client comes back with its new rights.
      const hold = rights.hold(principal, leave);
      stream.onAbort(leave);
      const began = performance.now();
      const teller = new Teller(stream, end.signal);
      const pause = new Pause(everyMs);
      end.signal.addEventListener('abort', () => pause.end());
      const stopListening = vpn.onStatus(() => pause.end());
      try {
        await hold.checked;
        while (!end.signal.aborted && performance.now() - began < lifetimeMs) {
          const status = vpn.getStatus();
          const { reason, changedAt, state, provider } = status;
          const substance = JSON.stringify([reason, changedAt, state, provider?.answer, provider?.detail]);
          await teller.tell('vpn', 'vpn', presentVpn(status, role === 'admin'), substance);
          const count = watchNews.countOf(userId);
          await teller.tell('watching', 'watching', { count }, String(count));
          if (role === 'admin') {
            const running = scheduler.runningNames;
            await teller.tell('jobs', 'jobs', { running }, JSON.stringify(running));
          }
          const states = await playback.listStates(userId);
          for (const play of states) {
            const { elapsedSeconds: _, ...substance } = play;
            await teller.tell('playback', play.id, play, JSON.stringify(substance));
          }
          teller.forget((id) => !lasting.has(id) && !states.some((play) => play.id === id));
          await teller.sayStillHere();
          await pause.wait();
        }
      } finally {
        hold.release();
        stopListening();
        stopping?.removeEventListener('abort', leave);
        own.delete(end);
        if (own.size === 0 && open.get(userId) === own) open.delete(userId);
      }
    });
  });
}

/** Says to one listener what is new to it. */
class Teller {
  private spokeAt = performance.now();
  private readonly told = new Map<string, string>();
  private readonly ended: Promise<void>;

  constructor(
    private readonly stream: SSEStreamingApi,
    /** Fires when nothing more may be told. */
    private readonly end: AbortSignal,
  ) {
    this.ended = new Promise((resolve) => end.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** @param substance that which makes it worth telling when it is another than before */
  async tell(event: string, id: string, data: object, substance: string): Promise<void> {
    if (this.end.aborted || this.told.get(id) === substance) return;
    this.told.set(id, substance);
    await this.write({ event, id, data: JSON.stringify(data) });
  }

  forget(isOver: (id: string) => boolean): void {
    for (const id of this.told.keys()) if (isOver(id)) this.told.delete(id);
  }

  async sayStillHere(): Promise<void> {
    if (performance.now() - this.spokeAt <= heartbeatMs) return;
    await this.write({ event: 'still-here', data: '' });
  }

  /** Waits until the client has taken it, but not beyond the end. */
  private async write(message: SSEMessage): Promise<void> {
    await Promise.race([this.stream.writeSSE(message), this.ended]);
    this.spokeAt = performance.now();
  }
}

/** A pause that can be cut short; what cuts it short before it begins, counts too. */
class Pause {
  private isDue = false;
  private wake: () => void = () => undefined;

  constructor(private readonly milliseconds: number) {}

  end(): void {
    this.isDue = true;
    this.wake();
  }

  async wait(): Promise<void> {
    if (!this.isDue)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.milliseconds);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.isDue = false;
  }
}
