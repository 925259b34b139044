import { z } from 'zod';
import { listOf, longListOf } from '../../http-client/foreign-lists.js';
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

const required = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .transform((value) => value.slice(0, max));

const positive = z
  .number()
  .positive()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const count = z
  .number()
  .int()
  .min(0)
  .optional()
  .catch(0)
  .transform((value) => value ?? 0);

const score = z
  .number()
  .min(0)
  .max(10)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const date = z.iso
  .date()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const id = z.number().int().positive();

/** Rows of a page; TMDB sends twenty, and a hundred of changes. */
const mostRows = 500;
/** Rows of what a title or person has many of: credits, videos, episodes. */
const mostParts = 2_000;
/** Rows of what a row has a few of: genres, roles. */
const mostDetails = 50;

const page = <T extends z.ZodType>(item: T) => longListOf(item, mostRows);
const parts = <T extends z.ZodType>(item: T) => z.unknown().pipe(longListOf(item, mostParts)).catch([]);
const details = <T extends z.ZodType>(item: T) => z.unknown().pipe(listOf(item, mostDetails)).catch([]);

const block = <T extends z.ZodRawShape>(shape: T) => z.object(shape).optional().catch(undefined);

/** `/name.jpg`; anything else could end up in an address. */
const imagePath = z
  .string()
  .refine((path) => path.startsWith('/') && imageFilePattern.test(path.slice(1)))
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** ISO 3166-1. */
const country = z.string().regex(/^[A-Z]{2}$/);

/** Pornography, by TMDB's own mark. Wrong or missing means no. */
const adult = z
  .boolean()
  .optional()
  .catch(false)
  .transform((value) => value ?? false);

const sharedFields = {
  id,
  adult,
  origin_country: details(country),
  original_language: text(16),
  overview: text(10_000),
  poster_path: imagePath,
  backdrop_path: imagePath,
  vote_average: score,
  vote_count: count,
  popularity: positive,
};

const movieFields = {
  ...sharedFields,
  title: required(500),
  original_title: text(500),
  release_date: date,
};

const showFields = {
  ...sharedFields,
  name: required(500),
  original_name: text(500),
  first_air_date: date,
};

const genreIds = { genre_ids: details(id) };

export const movieRowSchema = z.object({ ...movieFields, ...genreIds });
export type TmdbMovieRow = z.infer<typeof movieRowSchema>;

export const showRowSchema = z.object({ ...showFields, ...genreIds });
export type TmdbShowRow = z.infer<typeof showRowSchema>;

export const personRowSchema = z.object({
  id,
  adult,
  name: required(200),
  profile_path: imagePath,
  known_for_department: text(64),
});
export type TmdbPersonRow = z.infer<typeof personRowSchema>;

const movieItem = movieRowSchema.extend({ media_type: z.literal('movie').optional() });
const showItem = showRowSchema.extend({ media_type: z.literal('tv').optional() });
const personItem = personRowSchema.extend({ media_type: z.literal('person') });
const titleItem = z.union([movieItem, showItem]);
export type TmdbTitleRow = z.infer<typeof titleItem>;

const listFields = { page: z.number().int().positive(), total_results: z.number().int().min(0) };

/** A list that may hold other things than films; those are left out. */
export const movieListSchema = z.object({ ...listFields, results: page(movieItem) });
export const showListSchema = z.object({ ...listFields, results: page(showItem) });
/** What a search of everything finds. */
export const findingsSchema = z.object({
  ...listFields,
  results: page(z.union([personItem, movieItem, showItem])),
});
export type TmdbFinding = z.infer<typeof findingsSchema>['results'][number];

const externalIds = block({ imdb_id: text(16), tvdb_id: positive });
const genres = details(
  z.object({ id: id.optional().catch(undefined), name: z.string().trim().min(1).max(100) }),
);

const videos = block({
  results: parts(
    z.object({
      iso_639_1: text(16),
      name: required(200),
      key: z.string().regex(/^[\w-]{1,64}$/),
      site: z.enum(['YouTube', 'Vimeo']),
      type: text(32),
      official: z.boolean().optional().catch(false),
    }),
  ),
});

/** Films have `titles`, series `results`. */
const alternativeTitle = z.object({ title: required(500) });
const alternativeTitles = block({
  titles: parts(alternativeTitle),
  results: parts(alternativeTitle),
});
const translations = block({
  translations: parts(z.object({ data: z.object({ title: text(500), name: text(500) }) })),
});

export const movieDetailsSchema = z.object({
  ...movieFields,
  imdb_id: text(16),
  tagline: text(1_000),
  runtime: positive,
  genres,
  production_countries: details(z.object({ iso_3166_1: country })),
  external_ids: externalIds,
  videos,
  alternative_titles: alternativeTitles,
  translations,
  credits: block({
    cast: parts(
      personRowSchema.extend({ character: text(300), order: z.number().optional().catch(undefined) }),
    ),
    crew: parts(personRowSchema.extend({ job: z.string().max(300) })),
  }),
  release_dates: block({
    results: parts(
      z.object({ iso_3166_1: z.string(), release_dates: details(z.object({ certification: text(32) })) }),
    ),
  }),
});
export type TmdbMovieDetails = z.infer<typeof movieDetailsSchema>;

const episodeHint = z
  .object({
    name: text(500),
    air_date: date,
    episode_number: z.number().int().min(0),
    season_number: z.number().int().min(0),
  })
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const seasonFields = {
  id: id.nullish().catch(null),
  name: text(500),
  overview: text(10_000),
  air_date: date,
  poster_path: imagePath,
  season_number: z.number().int().min(0),
};

export const showDetailsSchema = z.object({
  ...showFields,
  tagline: text(1_000),
  status: text(32),
  last_air_date: date,
  episode_run_time: details(z.number().positive()),
  genres,
  networks: details(z.object({ name: required(200) })),
  created_by: details(z.object({ name: required(200) })),
  number_of_episodes: positive,
  number_of_seasons: positive,
  last_episode_to_air: episodeHint,
  next_episode_to_air: episodeHint,
  seasons: parts(z.object({ ...seasonFields, episode_count: count })),
  external_ids: externalIds,
  videos,
  alternative_titles: alternativeTitles,
  translations,
  aggregate_credits: block({
    cast: parts(
      personRowSchema.extend({
        order: z.number().optional().catch(undefined),
        roles: details(z.object({ character: text(300) })),
      }),
    ),
  }),
  credits: block({
    cast: parts(
      personRowSchema.extend({ character: text(300), order: z.number().optional().catch(undefined) }),
    ),
  }),
  content_ratings: block({
    results: parts(z.object({ iso_3166_1: z.string(), rating: text(32) })),
  }),
});
export type TmdbShowDetails = z.infer<typeof showDetailsSchema>;

export const seasonSchema = z.object({
  ...seasonFields,
  episodes: parts(
    z.object({
      id: id.nullish().catch(null),
      name: text(500),
      overview: text(10_000),
      air_date: date,
      episode_number: z.number().int().min(0),
      episode_type: text(32),
      runtime: positive,
      still_path: imagePath,
      vote_average: score,
      vote_count: count,
    }),
  ),
});
export type TmdbSeason = z.infer<typeof seasonSchema>;

const part = { character: text(300), job: text(300) };

export const personSchema = personRowSchema.extend({
  biography: text(20_000),
  birthday: date,
  deathday: date,
  place_of_birth: text(200),
  combined_credits: block({
    cast: parts(z.union([movieItem.extend(part), showItem.extend(part)])),
    crew: parts(z.union([movieItem.extend(part), showItem.extend(part)])),
  }),
});
export type TmdbPerson = z.infer<typeof personSchema>;

export const genreListSchema = z.object({ genres: page(z.object({ id, name: required(100) })) });

export const changesSchema = z.object({
  results: page(z.object({ id })),
  page: z.number().int().positive(),
  total_pages: z.number().int().min(0),
});

/** A list by id, version 3. Without pages in older answers. */
export const listSchema = z.object({
  name: text(100),
  description: text(2_000),
  items: page(titleItem),
  item_count: z.number().int().min(0).optional().catch(undefined),
  total_pages: z.number().int().min(0).optional().catch(undefined),
});

/** What an id of elsewhere means. Unknown is five empty lists. */
export const findSchema = z.object({
  movie_results: parts(movieItem),
  tv_results: parts(showItem),
});

export const configurationSchema = z.object({
  images: z.object({ secure_base_url: z.string().max(1_000).pipe(z.url()) }),
});
