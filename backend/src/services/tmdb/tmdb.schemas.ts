import { z } from 'zod';
import { imageFilePattern } from '../media/metadata-provider.port.js';

// TMDB spells "unknown" as "", null, 0 or a missing key. All become null here, and so does a value of the wrong
// type, for whatever we can live without. Only an id and a title are required; a row without them is dropped.

const text = (max: number) =>
  z
    .string()
    .transform((value) => value.trim().slice(0, max) || null)
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);

const positive = z
  .number()
  .positive()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const listOf = <T extends z.ZodType>(item: T) =>
  lenientList(item)
    .optional()
    .catch([])
    .transform((value) => value ?? []);

/** `/name.jpg`; anything else could end up in an address. */
const imagePath = z
  .string()
  .refine((path) => path.startsWith('/') && imageFilePattern.test(path.slice(1)))
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const movieFields = {
  id: z.number().int().positive(),
  title: z
    .string()
    .trim()
    .min(1)
    .transform((value) => value.slice(0, 500)),
  original_title: text(500),
  original_language: text(16),
  overview: text(10_000),
  release_date: z.iso
    .date()
    .nullish()
    .catch(null)
    .transform((value) => value ?? null),
  poster_path: imagePath,
  backdrop_path: imagePath,
  vote_average: z
    .number()
    .min(0)
    .max(10)
    .nullish()
    .catch(null)
    .transform((value) => value ?? null),
  vote_count: z
    .number()
    .int()
    .min(0)
    .optional()
    .catch(0)
    .transform((value) => value ?? 0),
};

export const movieRowSchema = z.object(movieFields);
export type TmdbMovieRow = z.infer<typeof movieRowSchema>;

/** A row of a list that may hold other things than films. */
export const movieListSchema = z.object({
  page: z.number().int().positive(),
  results: lenientList(movieRowSchema.extend({ media_type: z.literal('movie').optional() })),
  total_results: z.number().int().min(0),
});

const person = {
  name: z
    .string()
    .trim()
    .min(1)
    .transform((value) => value.slice(0, 200)),
};

export const movieDetailsSchema = z.object({
  ...movieFields,
  imdb_id: text(16),
  tagline: text(1_000),
  runtime: positive,
  genres: listOf(z.object({ name: z.string().trim().min(1).max(100) })),
  external_ids: z
    .object({ imdb_id: text(16) })
    .optional()
    .catch(undefined),
  credits: z
    .object({
      cast: listOf(
        z.object({ ...person, character: text(300), order: z.number().optional().catch(undefined) }),
      ),
      crew: listOf(z.object({ ...person, job: z.string() })),
    })
    .optional()
    .catch(undefined),
  release_dates: z
    .object({
      results: listOf(
        z.object({ iso_3166_1: z.string(), release_dates: listOf(z.object({ certification: text(32) })) }),
      ),
    })
    .optional()
    .catch(undefined),
});
export type TmdbMovieDetails = z.infer<typeof movieDetailsSchema>;

export const configurationSchema = z.object({ images: z.object({ secure_base_url: z.url() }) });

/** A list whose unusable items are left out: one odd row must not hide the others. */
function lenientList<T extends z.ZodType>(item: T) {
  return z.array(z.unknown()).transform((items) =>
    items.flatMap((raw): z.output<T>[] => {
      const parsed = item.safeParse(raw);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}
