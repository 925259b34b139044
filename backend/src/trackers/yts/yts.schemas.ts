import { z } from 'zod';
import { listOf, longListOf } from '../../http-client/foreign-lists.js';

// Services of this kind are run by many and differ in what they leave out. Required is only what a release cannot
// be without; an odd film or torrent is left out, not the answer.

const optionalText = z
  .string()
  .transform((value) => value.trim() || null)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** Films of an answer, and torrents of a film, that are looked at. */
const mostMovies = 100;
const mostTorrents = 100;

const absentIsNone = <T>(list: z.ZodType<T[]>) => z.preprocess((value) => value ?? [], list);

const optionalCount = z
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

export const ytsTorrentSchema = z.object({
  hash: z
    .string()
    .regex(/^[0-9a-f]{40}$/i)
    .toLowerCase(),
  url: optionalText,
  quality: optionalText,
  type: optionalText,
  // "0", "1" or ""; in JavaScript "0" is true.
  is_repack: z.literal(['1', 1]).optional().catch(undefined),
  video_codec: optionalText,
  bit_depth: optionalText,
  audio_channels: optionalText,
  seeds: optionalCount,
  peers: optionalCount,
  // Computed back from the rounded size: not the true number of bytes.
  size_bytes: optionalCount,
  date_uploaded_unix: optionalCount,
});
export type YtsTorrent = z.infer<typeof ytsTorrentSchema>;

export const ytsMovieSchema = z.object({
  id: z.number().int().positive(),
  imdb_code: optionalText,
  title: z.string().trim().min(1).max(500),
  title_english: optionalText,
  year: optionalCount,
  torrents: absentIsNone(listOf(ytsTorrentSchema, mostTorrents)),
});
export type YtsMovie = z.infer<typeof ytsMovieSchema>;

export const ytsListSchema = z.object({
  // Failures come as HTTP 200 with `error`.
  status: z.literal('ok'),
  // `movies` is absent, not empty, when nothing matched.
  data: z.object({ movies: absentIsNone(longListOf(ytsMovieSchema, mostMovies)) }),
});
