import { ApiError, readProblem, UnreachableError } from './problem.js';
import { ProofRequests } from './proof-requests.js';
import type { SignedIn, User } from './types.js';

export type SessionState =
  | { status: 'starting' }
  | { status: 'unreachable'; error: Error }
  | { status: 'signed-out' }
  | { status: 'signed-in'; user: User };

interface Token {
  value: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export interface SessionOptions {
  /** Where the API lives, without a slash at the end. */
  baseUrl: string;
  fetch: typeof fetch;
  now: () => number;
  /** False when this browser holds no refresh cookie, so that it need not be asked for; assumed to when left out. */
  mayBeSignedIn?: () => boolean;
  /** Keeps the tabs of one browser from rotating the refresh cookie at the same moment; absent on plain http. */
  locks?: LockManager | undefined;
}

/** A token this close to its end is renewed before it is used. */
const RENEW_AHEAD_MS = 30_000;

/**
 * Who is signed in here. The access token lives in memory only; the refresh token is an HttpOnly cookie, so a
 * reload signs in again without asking. Requests go through `fetch`, which renews the token when needed.
 */
export class Session {
  /** For requests that matter: asks the user to confirm who they are, and sends them again. */
  readonly proofs = new ProofRequests();
  readonly #options: SessionOptions;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { status: 'starting' };
  #token: Token | undefined;
  #renewing: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): SessionState => this.#state;

  /** Finds out whether the cookie still signs in. Never throws: the outcome is the state. */
  async start(): Promise<void> {
    if (this.#state.status === 'signed-in' || this.#state.status === 'signed-out') return;
    if (this.#options.mayBeSignedIn?.() === false) {
      this.forget();
      return;
    }
    await this.#renew().catch((error: unknown) => {
      if (!isRefusal(error)) this.#become({ status: 'unreachable', error: toError(error) });
    });
  }

  /** Takes over the answer of a sign-in or of the set-up. */
  adopt(signedIn: SignedIn): void {
    this.#take(signedIn);
  }

  /** The account has changed: what is shown of it changes too. */
  changeUser(user: User): void {
    if (this.#state.status === 'signed-in') this.#become({ status: 'signed-in', user });
  }

  /**
   * `fetch` with the access token. On 401 the token is renewed once, however many requests wait for it, and the
   * request is sent again; so it is once the user has confirmed who they are, where the server wants that. Bodies must
   * be re-sendable (strings, blobs, forms).
   * @throws UnreachableError when no answer comes
   */
  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { given } = this.proofs;
    const response = await this.#sendSigned(input, init);
    if (!wantsProof(response) || !(await this.proofs.ask(given))) return response;
    return this.#sendSigned(input, init);
  };

  async #sendSigned(input: RequestInfo | URL, init: RequestInit | undefined): Promise<Response> {
    if (this.#token && this.#token.expiresAt - this.#options.now() < RENEW_AHEAD_MS) {
      // Renewing early is a courtesy: the old token may still do, and the 401 below is the judge.
      await this.#renew().catch(() => undefined);
    }
    const used = this.#token;
    const response = await this.#send(input, init, used);
    if (response.status !== 401 || wantsProof(response) || this.#state.status !== 'signed-in')
      return response;
    if (this.#token === used) await this.#renew();
    return this.#send(input, init, this.#token);
  }

  /**
   * Ends the session on the server, then here.
   * @throws UnreachableError or ApiError when the server did not hear it: the cookie would sign in again.
   */
  async signOut(): Promise<void> {
    const response = await this.#send(
      `${this.#options.baseUrl}/auth/logout`,
      { method: 'POST' },
      this.#token,
    );
    if (!response.ok && response.status !== 401) throw await readProblem(response);
    this.forget();
  }

  /** Forgets who was signed in, without telling the server (another tab did). */
  forget(): void {
    this.#token = undefined;
    this.#become({ status: 'signed-out' });
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#oneTabAtATime(() => this.#refresh()).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #oneTabAtATime(task: () => Promise<void>): Promise<void> {
    const { locks } = this.#options;
    await (locks ? locks.request('kinora-session', task) : task());
  }

  async #refresh(): Promise<void> {
    const response = await this.#send(`${this.#options.baseUrl}/auth/refresh`, { method: 'POST' }, undefined);
    if (response.ok) {
      this.#take((await response.json()) as SignedIn);
      return;
    }
    const problem = await readProblem(response);
    if (isRefusal(problem)) this.forget();
    throw problem;
  }

  #take({ accessToken, expiresIn, user }: SignedIn): void {
    this.#token = { value: accessToken, expiresAt: this.#options.now() + expiresIn * 1000 };
    this.#become({ status: 'signed-in', user });
  }

  async #send(
    input: RequestInfo | URL,
    init: RequestInit | undefined,
    token: Token | undefined,
  ): Promise<Response> {
    const headers = new Headers(init?.headers);
    if (token) headers.set('authorization', `Bearer ${token.value}`);
    try {
      return await this.#options.fetch(input, { ...init, headers, credentials: 'same-origin' });
    } catch (error) {
      if (init?.signal?.aborted) throw error;
      throw new UnreachableError(error);
    }
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** RFC 9470: the token is good, but the user has not confirmed who they are for a while. */
function wantsProof(response: Response): boolean {
  const challenge = response.headers.get('www-authenticate') ?? '';
  return response.status === 401 && challenge.includes('insufficient_user_authentication');
}

/** The server knows this browser and says no; anything else may pass. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}

function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
