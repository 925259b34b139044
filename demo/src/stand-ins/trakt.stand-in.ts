import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { Fixtures, isObject, type JsonObject, numberOf, textOf } from './fixtures.js';
import { StandIn, type StandInControl } from './stand-in.js';

export const TRAKT_CLIENT = { id: 'kinora-demo-client', secret: 'kinora-demo-secret' } as const;

/** How the person at the other end treats a device code. `approve-on-second-poll` at first. */
export type DeviceDecision = 'approve-on-second-poll' | 'pending' | 'approved' | 'denied' | 'expired';

export interface TraktControl extends StandInControl {
  decideDevice(decision: DeviceDecision): void;
}

const OWN_PATHS = /^\/(sync|scrobble|users\/(me|settings))/;

/** Trakt v2, the API and the OAuth host in one: device link, tokens that rotate, lists, history, scrobbles. */
export class TraktStandIn extends StandIn implements TraktControl {
  readonly #oauth: TraktOauth;

  constructor(fixtures = new Fixtures('trakt'), oauth = new TraktOauth(fixtures)) {
    super({
      name: 'trakt',
      fixtures,
      refuse: (c) => {
        if (c.req.path.startsWith('/oauth/')) return null;
        if (c.req.header('trakt-api-key') !== TRAKT_CLIENT.id) return c.body(null, 403);
        const token = c.req.header('authorization')?.replace(/^Bearer /, '');
        if (!OWN_PATHS.test(c.req.path) || oauth.knows(token)) return null;
        return c.body(null, 401, { 'www-authenticate': 'Bearer realm="Trakt"' });
      },
      addRoutes: (app) => {
        app.post('/oauth/device/code', async (c) => oauth.deviceCode(c, await bodyOf(c)));
        app.post('/oauth/device/token', async (c) => oauth.deviceToken(c, await bodyOf(c)));
        app.post('/oauth/token', async (c) => oauth.refresh(c, await bodyOf(c)));
        app.post('/scrobble/:action', async (c) => scrobble(c, await bodyOf(c)));
      },
      unknownPath: (c) => c.body(null, 404),
    });
    this.#oauth = oauth;
  }

  decideDevice(decision: DeviceDecision): void {
    this.#oauth.decision = decision;
  }
}

class TraktOauth {
  decision: DeviceDecision = 'approve-on-second-poll';
  readonly #fixtures: Fixtures;
  /** Device codes given out, with how often each was asked for; -1 = exchanged. */
  readonly #codes = new Map<string, number>();
  readonly #accessTokens = new Set<string>();
  readonly #refreshTokens = new Set<string>();

  constructor(fixtures: Fixtures) {
    this.#fixtures = fixtures;
  }

  knows(accessToken: string | undefined): boolean {
    return accessToken !== undefined && this.#accessTokens.has(accessToken);
  }

  deviceCode(c: Context, body: JsonObject): Response {
    if (body['client_id'] !== TRAKT_CLIENT.id) return c.body(null, 403);
    const code = randomUUID().replaceAll('-', '');
    this.#codes.set(code, 0);
    const shown = { device_code: code, user_code: code.slice(0, 8).toUpperCase(), interval: 1 };
    return c.json({ ...this.#fixtures.object('oauth/device-code.json'), ...shown });
  }

  /** The states of RFC 8628 as Trakt spells them: by status, with an empty body. */
  deviceToken(c: Context, body: JsonObject): Response {
    const code = textOf(body['code']);
    const polls = this.#codes.get(code);
    if (polls === undefined) return c.body(null, 404);
    if (polls < 0) return c.body(null, 409);
    this.#codes.set(code, polls + 1);
    if (this.decision === 'denied') return c.body(null, 418);
    if (this.decision === 'expired') return c.body(null, 410);
    if (this.decision === 'pending' || (this.decision === 'approve-on-second-poll' && polls === 0))
      return c.body(null, 400);
    this.#codes.set(code, -1);
    return c.json(this.#tokens());
  }

  /** A refresh token works once. */
  refresh(c: Context, body: JsonObject): Response {
    if (!this.#refreshTokens.delete(textOf(body['refresh_token']))) {
      return c.json(this.#fixtures.object('oauth/token-refresh.400.json'), 400);
    }
    return c.json(this.#tokens());
  }

  #tokens(): JsonObject {
    const [access, refresh] = [randomUUID(), randomUUID()];
    this.#accessTokens.add(access);
    this.#refreshTokens.add(refresh);
    const created = Math.floor(Date.now() / 1000);
    const recorded = this.#fixtures.object('oauth/device-token.json');
    return { ...recorded, access_token: access, refresh_token: refresh, created_at: created };
  }
}

/** Over 80 per cent a stop is a play, from 1 per cent a pause, below it is refused. */
function scrobble(c: Context, body: JsonObject): Response {
  const action = c.req.param('action') ?? '';
  const progress = numberOf(body['progress']);
  if (!['start', 'pause', 'stop'].includes(action)) return c.body(null, 404);
  if (action === 'stop' && progress < 1) return c.body(null, 422);
  const outcome = action === 'stop' ? (progress > 80 ? 'scrobble' : 'pause') : action;
  const { movie, show, episode } = body;
  const item: JsonObject = {};
  for (const [key, value] of Object.entries({ movie, show, episode })) if (isObject(value)) item[key] = value;
  return c.json({ id: outcome === 'start' ? 0 : 10_200_000_001, action: outcome, progress, ...item }, 201);
}

async function bodyOf(c: Context): Promise<JsonObject> {
  try {
    return await c.req.json<JsonObject>();
  } catch {
    return {};
  }
}
