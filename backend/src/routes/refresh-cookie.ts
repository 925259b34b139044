import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AppEnv } from '../middleware/app-env.js';
import type { RefreshToken } from '../services/auth/refresh-tokens.js';

/**
 * The cookie that holds the refresh token: out of reach of scripts, sent to the auth routes of this site only. Behind
 * https it is Secure, and its name says so (`__Secure-`), so that a page fetched by http cannot plant one. Beside it lies
 * one that scripts may read and that says no more than that it is there, so that a page need not ask in vain.
 */
export class RefreshCookie {
  private readonly prefix: 'secure' | undefined;

  constructor(
    https: boolean,
    private readonly now: () => number = Date.now,
  ) {
    this.prefix = https ? 'secure' : undefined;
  }

  read(context: Context<AppEnv>): string | null {
    return getCookie(context, name, this.prefix) ?? null;
  }

  write(context: Context<AppEnv>, { token, expiresAt }: RefreshToken): void {
    const maxAge = Math.max(0, Math.floor((expiresAt.getTime() - this.now()) / 1000));
    setCookie(context, name, token, { ...this.attributes(), maxAge });
    setCookie(context, hintName, '1', { ...this.hintAttributes(), maxAge });
  }

  clear(context: Context<AppEnv>): void {
    deleteCookie(context, name, this.attributes());
    deleteCookie(context, hintName, this.hintAttributes());
  }

  private hintAttributes() {
    return { path: '/', sameSite: 'Strict', secure: this.prefix === 'secure' } as const;
  }

  private attributes() {
    const secure = this.prefix === 'secure';
    return {
      path: '/api/auth',
      httpOnly: true,
      sameSite: 'Strict',
      secure,
      ...(secure && { prefix: 'secure' as const }),
    } as const;
  }
}

const name = 'kinora_refresh';
/** Looked for by the web application (`main.tsx`). */
const hintName = 'kinora_session';
