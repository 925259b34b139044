import { noteAnswer, noteSecrets } from './secret-ledger.js';

export interface Answer {
  status: number;
  headers: Headers;
  /** JSON of any shape; the test that asked looks at it. */
  body: unknown;
}

/** The text at a path inside a JSON answer: `textAt(body, 'items', 0, 'id')`. Fails when there is none. */
export function textAt(body: unknown, ...path: readonly (string | number)[]): string {
  let value = body;
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined;
  }
  if (typeof value !== 'string') throw new Error(`no text at ${path.join('.')} of ${JSON.stringify(body)}`);
  return value;
}

/** Talks to the server as a signed-in program does. */
export class ApiClient {
  private constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  static async signIn(kinora: { url: string }, username: string, password: string): Promise<ApiClient> {
    noteSecrets(password);
    const answer = await new ApiClient(kinora.url, '').post('/api/auth/login', { username, password });
    if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}`);
    return new ApiClient(kinora.url, textAt(answer.body, 'accessToken'));
  }

  /** Which of the server's keys signed the access token. */
  get keyId(): string {
    const header: unknown = JSON.parse(Buffer.from(this.token.split('.')[0] ?? '', 'base64url').toString());
    return textAt(header, 'kid');
  }

  /** The same sign-in at another server, or at the same one after a start. */
  at(kinora: { url: string }): ApiClient {
    return new ApiClient(kinora.url, this.token);
  }

  get(path: string): Promise<Answer> {
    return this.send(path, { method: 'GET' });
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
  }

  postBytes(path: string, body: Uint8Array, contentType: string): Promise<Answer> {
    return this.send(path, {
      method: 'POST',
      body: Buffer.from(body),
      headers: { 'Content-Type': contentType },
    });
  }

  postForm(path: string, form: FormData): Promise<Answer> {
    return this.send(path, { method: 'POST', body: form });
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.send(path, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.send(path, {
      method: 'PATCH',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
  }

  delete(path: string): Promise<Answer> {
    return this.send(path, { method: 'DELETE' });
  }

  /** Bytes of a stream; the address carries its own permission. */
  async bytes(path: string, range?: string): Promise<Buffer> {
    const response = await fetch(this.base + path, { headers: range === undefined ? {} : { Range: range } });
    return Buffer.from(await response.arrayBuffer());
  }

  private async send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (this.token !== '') headers.set('Authorization', `Bearer ${this.token}`);
    const response = await fetch(this.base + path, { ...init, headers });
    const text = await response.text();
    noteAnswer(text);
    noteSecrets(...response.headers.getSetCookie().map((cookie) => /=([^;]+)/.exec(cookie)?.[1]));
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
  }
}
