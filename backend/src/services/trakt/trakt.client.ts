import type { z } from 'zod';
import { withoutTrailingSlashes } from '../../http-client/base-url.js';
import { longListOf } from '../../http-client/foreign-lists.js';
import type { HttpCaller, HttpReply } from '../../http-client/http-caller.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import { TraktError, type TraktFault, TraktNotConfiguredError } from './trakt.errors.js';
import {
  activitiesSchema,
  addedReplySchema,
  deviceCodeSchema,
  historyRowSchema,
  oauthErrorSchema,
  playbackRowSchema,
  profileSchema,
  publicRowSchema,
  scrobbleReplySchema,
  type TraktDeviceCode,
  type TraktHistoryRow,
  type TraktPlaybackRow,
  type TraktTitleRow,
  type TraktToken,
  tokenSchema,
  type UnknownTitles,
} from './trakt.schemas.js';

export interface TraktConfig {
  apiUrl: string;
  /** OAuth lives on a host of its own since 2026. */
  authUrl: string;
  clientId: string | undefined;
  clientSecret: string | undefined;
}

/** How the person at the other end treats a device code, by the status of the answer. */
export type DevicePoll =
  | { kind: 'token'; token: TraktToken }
  | { kind: 'pending' | 'slow-down' | 'unknown' | 'used' | 'expired' | 'denied' };

/** What changes on its own at Trakt, by the last activities. */
export type TraktSection = 'watched' | 'paused' | 'watchlist' | 'lists' | 'ratings';

export interface TraktPage<T> {
  rows: T[];
  /** Rows as sent, before any was left out. */
  received: number;
  pages: number;
  /** On all pages. */
  items: number;
}

export interface HistoryQuery {
  page: number;
  from?: Date | undefined;
  until?: Date | undefined;
  limit?: number;
  signal?: AbortSignal | undefined;
}

export interface ScrobbleBody {
  /** Per cent. */
  progress: number;
  movie?: object;
  show?: object;
  episode?: { season: number; number: number };
}

/** Trakt clamps whatever is more without a word; how many pages there are is read from the answer. */
const largestPage = 250;
/** Rows of one answer that are looked at. */
const mostRows = 20_000;

/** Calls of the Trakt API, version 2 (provider file `trakt.md`). Refusals are `TraktError`s by what they mean. */
export class TraktClient {
  constructor(
    private readonly http: Pick<HttpCaller, 'call'>,
    private readonly config: () => TraktConfig,
  ) {}

  get isConfigured(): boolean {
    const { clientId, clientSecret } = this.config();
    return clientId !== undefined && clientSecret !== undefined;
  }

  /** Asks the API for something public: whether it takes the client id. Error: client-refused. */
  async checkClientId(): Promise<void> {
    expectOk(await this.api('GET', 'movies/trending', { parameters: { limit: '1' } }));
  }

  async requestDeviceCode(): Promise<TraktDeviceCode> {
    const reply = await this.oauth('device/code', { client_id: this.credentials().client_id });
    return expect(reply, deviceCodeSchema);
  }

  /** The states of RFC 8628 as Trakt spells them: by status, with an empty body. */
  async pollDeviceToken(code: string): Promise<DevicePoll> {
    const reply = await this.oauth('device/token', { code, ...this.credentials() });
    const kind = pollStates[reply.status];
    return kind ? { kind } : { kind: 'token', token: expect(reply, tokenSchema) };
  }

  /** Null when the refresh token is spent: then only the user can help. */
  async refresh(refreshToken: string): Promise<TraktToken | null> {
    const reply = await this.oauth('token', {
      ...this.credentials(),
      refresh_token: refreshToken,
      redirect_uri: 'urn:ietf:wg:oauth:2.0:oob',
      grant_type: 'refresh_token',
    });
    const error = oauthErrorSchema.safeParse(reply.json);
    if (error.success && error.data.error === 'invalid_client') throw new TraktError('client-refused');
    if (reply.status === 400 || reply.status === 401) return null;
    return expect(reply, tokenSchema);
  }

  async revoke(token: string): Promise<void> {
    expectOk(await this.oauth('revoke', { token, ...this.credentials() }));
  }

  async getUsername(token: string): Promise<string> {
    return expect(await this.api('GET', 'users/me', { token }), profileSchema).username;
  }

  /** When each section changed last; one text for what concerns films and episodes alike. */
  async getActivities(token: string, signal?: AbortSignal): Promise<Record<TraktSection, string>> {
    const reply = await this.api('GET', 'sync/last_activities', { token, signal });
    const { movies, episodes, shows, watchlist, lists } = expect(reply, activitiesSchema);
    const stamp = (name: string) => `${movies[name] ?? ''}/${episodes[name] ?? ''}`;
    return {
      watched: stamp('watched_at'),
      paused: stamp('paused_at'),
      watchlist: watchlist['updated_at'] ?? '',
      lists: `${lists['updated_at'] ?? ''}/${lists['liked_at'] ?? ''}`,
      ratings: `${stamp('rated_at')}/${shows['rated_at'] ?? ''}`,
    };
  }

  /** Latest first. */
  async getHistory(token: string, query: HistoryQuery): Promise<TraktPage<TraktHistoryRow>> {
    const { page, from, until, limit = largestPage, signal } = query;
    const parameters = {
      page: String(page),
      limit: String(limit),
      ...(from && { start_at: from.toISOString() }),
      ...(until && { end_at: until.toISOString() }),
    };
    return pageOf(await this.api('GET', 'sync/history', { token, signal, parameters }), historyRowSchema);
  }

  getPlayback(token: string, page: number, signal?: AbortSignal): Promise<TraktPage<TraktPlaybackRow>> {
    return this.getPage(token, 'sync/playback', playbackRowSchema, page, signal);
  }

  /** One page of what a path lists, as long as Trakt gives it. */
  async getPage<T extends z.ZodType>(
    token: string,
    path: string,
    row: T,
    page: number,
    signal?: AbortSignal,
  ): Promise<TraktPage<z.output<T>>> {
    const parameters = { page: String(page), limit: String(largestPage) };
    return pageOf(await this.api('GET', path, { token, signal, parameters }), row);
  }

  /** May be repeated: Trakt ignores what is there already, and what is not. */
  changeWatchlist(
    token: string,
    change: 'add' | 'remove',
    body: object,
    signal?: AbortSignal,
  ): Promise<UnknownTitles> {
    return this.add(change === 'add' ? 'sync/watchlist' : 'sync/watchlist/remove', { token, body, signal });
  }

  /** May be repeated: a rating replaces the one before, and what is not rated stays so. */
  changeRatings(
    token: string,
    change: 'set' | 'remove',
    body: object,
    signal?: AbortSignal,
  ): Promise<UnknownTitles> {
    return this.add(change === 'set' ? 'sync/ratings' : 'sync/ratings/remove', { token, body, signal });
  }

  /** Films or shows that many watch just now, or that most have watched; needs nobody's account. */
  async listPublic(
    kind: 'trending' | 'popular',
    type: 'movie' | 'show',
    limit: number,
  ): Promise<TraktTitleRow[]> {
    const path = `${type}s/${kind}`;
    const reply = await this.api('GET', path, { parameters: { page: '1', limit: String(limit) } });
    return (await pageOf(reply, publicRowSchema(type))).rows;
  }

  /** The id of the line it became in the history, when it did. What was scrobbled just before is `duplicate`. */
  async scrobble(
    token: string,
    action: 'start' | 'pause' | 'stop',
    body: ScrobbleBody,
    signal?: AbortSignal,
  ): Promise<string | null> {
    const reply = await this.api('POST', `scrobble/${action}`, { token, body, signal });
    const { id, action: outcome } = expect(reply, scrobbleReplySchema);
    return outcome === 'scrobble' && id !== '0' ? id : null;
  }

  /** Not to be sent twice blindly: Trakt counts every one as a play. */
  addHistory(token: string, body: object, signal?: AbortSignal): Promise<UnknownTitles> {
    return this.add('sync/history', { token, body, signal });
  }

  async removeHistory(token: string, remoteIds: readonly string[], signal?: AbortSignal): Promise<void> {
    const body = { ids: remoteIds.map(Number) };
    expectOk(await this.api('POST', 'sync/history/remove', { token, body, signal }));
  }

  /** @returns the titles among them that Trakt does not know */
  private async add(path: string, call: ApiCall): Promise<UnknownTitles> {
    const reply = await this.api('POST', path, call);
    expectOk(reply);
    return addedReplySchema.parse(reply.json);
  }

  private oauth(path: string, body: object): Promise<HttpReply> {
    return this.send({ method: 'POST', url: addressOf(this.config().authUrl, `oauth/${path}`), body });
  }

  private api(
    method: 'GET' | 'POST',
    path: string,
    { token, parameters = {}, body, signal }: ApiCall,
  ): Promise<HttpReply> {
    const url = addressOf(this.config().apiUrl, path);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const headers = {
      'content-type': 'application/json',
      'trakt-api-version': '2',
      'trakt-api-key': this.credentials().client_id,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    return this.send({ method, url, headers, body, signal });
  }

  private async send(call: Parameters<HttpCaller['call']>[0]): Promise<HttpReply> {
    try {
      return await this.http.call(call);
    } catch (error) {
      if (isProviderFailure(error)) throw new TraktError('no-answer', { cause: error });
      throw error;
    }
  }

  private credentials(): { client_id: string; client_secret: string } {
    const { clientId, clientSecret } = this.config();
    if (clientId === undefined || clientSecret === undefined) throw new TraktNotConfiguredError();
    return { client_id: clientId, client_secret: clientSecret };
  }
}

interface ApiCall {
  /** None for what is public. */
  token?: string;
  parameters?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

const pollStates: Partial<Record<number, Exclude<DevicePoll['kind'], 'token'>>> = {
  400: 'pending',
  404: 'unknown',
  409: 'used',
  410: 'expired',
  418: 'denied',
  429: 'slow-down',
};

const faults: Partial<Record<number, TraktFault>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'client-refused',
  404: 'not-found',
  409: 'duplicate',
  412: 'invalid',
  420: 'account-limit',
  422: 'invalid',
  423: 'locked',
  426: 'vip-only',
  429: 'rate-limited',
};

function addressOf(base: string, path: string): URL {
  return new URL(`${withoutTrailingSlashes(base)}/${path}`);
}

function expectOk({ status, retryAfterSeconds }: HttpReply): void {
  if (status >= 200 && status < 300) return;
  throw new TraktError(faults[status] ?? 'unavailable', {
    retryAfterSeconds: retryAfterSeconds ?? undefined,
    cause: new Error(`HTTP ${status}`),
  });
}

function expect<T>(reply: HttpReply, schema: z.ZodType<T>): T {
  expectOk(reply);
  const parsed = schema.safeParse(reply.json);
  if (parsed.success) return parsed.data;
  throw new TraktError('unavailable', { cause: new Error('unexpected shape') });
}

async function pageOf<T extends z.ZodType>(reply: HttpReply, row: T): Promise<TraktPage<z.output<T>>> {
  expectOk(reply);
  // Some lists come whole, whatever the limit that was asked for.
  const parsed = await longListOf(row, mostRows).safeParseAsync(reply.json);
  if (!parsed.success) throw new TraktError('unavailable', { cause: new Error('unexpected shape') });
  const rows = parsed.data;
  const received = Array.isArray(reply.json) ? reply.json.length : 0;
  const count = (name: string, fallback: number) => {
    const text = reply.headers.get(`x-pagination-${name}`) ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : fallback;
  };
  return { rows, received, pages: count('page-count', 1), items: count('item-count', received) };
}
