import { z } from 'zod';
import { listOf } from '../../http-client/foreign-lists.js';

// What Trakt sends, as far as it is used. Unknown keys and kinds are normal; a row that makes no sense is left out.

const known = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);

export const deviceCodeSchema = z.object({
  device_code: z.string().min(1).max(256),
  user_code: z.string().min(1).max(32),
  verification_url: z
    .string()
    .max(1_000)
    .pipe(z.url({ protocol: /^https?$/ })),
  expires_in: z.number().positive(),
  interval: z.number().positive(),
});
export type TraktDeviceCode = z.infer<typeof deviceCodeSchema>;

export const tokenSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
  created_at: z.number().positive(),
});
export type TraktToken = z.infer<typeof tokenSchema>;

export const oauthErrorSchema = z.object({ error: z.string() });

export const profileSchema = z.object({ username: z.string().min(1).max(128) });

const ids = z.object({
  trakt: known(z.number().int().positive()),
  tmdb: known(z.number().int().positive()),
  imdb: known(z.string().regex(/^tt\d{5,12}$/)),
});

const title = z.object({
  title: z
    .string()
    .nullish()
    .catch(null)
    .transform((text) => (text ?? '').trim().slice(0, 500)),
  year: known(z.number().int()),
  ids,
});
export type TraktTitleRow = z.infer<typeof title>;

const episode = z.object({ season: z.number().int().min(0), number: z.number().int().min(0) });

const subject = {
  movie: title.optional().catch(undefined),
  show: title.optional().catch(undefined),
  episode: episode.optional().catch(undefined),
};

/** Ids exceed 32 bits and stay exact up to 2^53. */
const bigId = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(String);

export const historyRowSchema = z.object({ id: bigId, watched_at: z.iso.datetime(), ...subject });
export type TraktHistoryRow = z.infer<typeof historyRowSchema>;

export const playbackRowSchema = z.object({
  id: bigId,
  progress: z.number().min(0).max(100),
  paused_at: z.iso.datetime(),
  ...subject,
});
export type TraktPlaybackRow = z.infer<typeof playbackRowSchema>;

const stamps = z
  .record(z.string(), z.unknown())
  .transform((section) =>
    Object.fromEntries(
      Object.entries(section).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  )
  .catch({});
export const activitiesSchema = z.object({
  movies: stamps,
  episodes: stamps,
  shows: stamps,
  watchlist: stamps,
  lists: stamps,
});

export const listRowSchema = z.object({
  name: z.string().catch(''),
  description: known(z.string()),
  updated_at: z.string().catch(''),
  item_count: z.number().int().catch(-1),
  ids: z.object({ trakt: z.number().int().positive() }),
});
export type TraktListRow = z.infer<typeof listRowSchema>;

export const likedListRowSchema = z
  .object({ list: listRowSchema })
  .transform(({ list }): TraktListRow => list);

/** Of a list or the watchlist; seasons, episodes and people on it are of no use here. */
export const listItemRowSchema = z.object({ type: z.enum(['movie', 'show']), ...subject });
export type TraktListItemRow = z.infer<typeof listItemRowSchema>;

export const ratingRowSchema = z.object({
  rating: z.number().int().min(1).max(10),
  rated_at: z.iso.datetime(),
  type: z.enum(['movie', 'show', 'episode']),
  ...subject,
});
export type TraktRatingRow = z.infer<typeof ratingRowSchema>;

/** Trending rows wrap the title with how many watch it; popular ones are the bare title. */
export function publicRowSchema(type: 'movie' | 'show') {
  return z
    .union([z.object({ [type]: title }).transform((row) => row[type] ?? null), title])
    .transform((row, context) => {
      if (row !== null) return row;
      context.addIssue({ code: 'custom', message: 'no title' });
      return z.NEVER;
    });
}

const unknownTitles = z
  .unknown()
  .pipe(
    listOf(
      z.object({ ids }).transform((row) => row.ids),
      1_000,
    ),
  )
  .catch([]);
/** Of what was added: what Trakt has never heard of. */
export const addedReplySchema = z
  .object({ not_found: z.object({ movies: unknownTitles, shows: unknownTitles }) })
  .transform(({ not_found: { movies, shows } }) => ({ movie: movies, show: shows }))
  .catch({ movie: [], show: [] });
export type UnknownTitles = z.infer<typeof addedReplySchema>;

export const scrobbleReplySchema = z.object({ id: bigId.catch('0'), action: z.string().catch('') });
