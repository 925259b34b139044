import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import { defaultLanguage } from '../services/media/language.js';
import type { Reader } from '../services/media/reader.js';

/**
 * The language somebody reads, from the first entry of Accept-Language (RFC 9110 12.5.4), which browsers put
 * first by preference: `it`, `pt-BR`. Anything but a plain language with an optional country is the default.
 */
export function preferredLanguage(header: string | undefined): string {
  const first = header?.split(',', 1)[0]?.split(';', 1)[0]?.trim() ?? '';
  const [, language, country] = /^([a-z]{2})(?:-(?:[a-z]{4}-)?([a-z]{2}))?$/i.exec(first) ?? [];
  if (language === undefined) return defaultLanguage;
  return country === undefined
    ? language.toLowerCase()
    : `${language.toLowerCase()}-${country.toUpperCase()}`;
}

/** For whom an answer is made: in the language they chose, else their browser's, and for their age. */
export function readerOf(context: Context<AppEnv>): Required<Reader> {
  const { principal } = context.var;
  return {
    language: principal?.language ?? preferredLanguage(context.req.header('Accept-Language')),
    ageLimit: principal?.ageLimit ?? null,
    userId: principal?.userId ?? null,
  };
}

/** The same on a route whose rule demands somebody. @throws UnauthenticatedError */
export function ownerOf(context: Context<AppEnv>): Required<Reader> & { userId: string } {
  return { ...readerOf(context), userId: requireUser(context).userId };
}
