import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';
import { httpUrl, onOff } from './setting-values.js';

/** Where titles come from. */
export const catalogueSettings = {
  TMDB_API_TOKEN: setting({
    title: 'TMDB token',
    meaning:
      'TMDB read access token (v4) or API key (v3); without it the catalogue is the built-in open films',
    allowed: 'a token or key as TMDB shows it',
    group: 'catalogue',
    live: true,
    question:
      'With a free token of themoviedb.org (account settings, API) the catalogue is TMDB: posters, search, facts. ' +
      'Without one it is the built-in open films.',
    secret: true,
    schema: z
      .string()
      .regex(/^[\w.-]{16,1024}$/)
      .optional(),
  }),
  TMDB_API_URL: setting({
    title: 'TMDB address',
    meaning: 'Where the TMDB API lives',
    allowed: 'an http or https address',
    group: 'catalogue',
    live: true,
    schema: httpUrl.optional().transform((value) => value ?? 'https://api.themoviedb.org'),
  }),
  TMDB_ADULT_TITLES: setting({
    title: 'Adult titles',
    meaning: 'Whether titles that TMDB marks as adult are listed and found; children never see them',
    allowed: 'on or off',
    group: 'catalogue',
    live: true,
    schema: onOff(false),
  }),
  ARCHIVE_API_URL: setting({
    title: 'Internet Archive',
    meaning: 'Where the Internet Archive lives; off turns its free films off',
    allowed: 'an http or https address, or off',
    group: 'catalogue',
    live: true,
    schema: z
      .union([z.literal('off'), httpUrl])
      .optional()
      .transform((value) => value ?? 'https://archive.org'),
  }),
};
