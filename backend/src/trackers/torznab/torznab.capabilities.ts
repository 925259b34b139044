import { z } from 'zod';

/** Which parameters a server takes, by function; null when it does not have the function. */
export interface TorznabCapabilities {
  search: ReadonlySet<string> | null;
  tvsearch: ReadonlySet<string> | null;
  movie: ReadonlySet<string> | null;
}

const kindSchema = z
  .object({ '@available': z.string().optional(), '@supportedParams': z.string().optional() })
  .optional()
  .catch(undefined);
const searchingSchema = z
  .object({ search: kindSchema, 'tv-search': kindSchema, 'movie-search': kindSchema })
  .catch({ search: undefined, 'tv-search': undefined, 'movie-search': undefined });

/** What the standard assumes of servers that do not list their parameters. */
const assumed = { search: 'q', tvsearch: 'q,rid,season,ep', movie: 'q,imdbid' };

/** Reads `<searching>` of an answer to `t=caps`. Elements may be missing: then the function is not there. */
export function readCapabilities(searching: unknown): TorznabCapabilities {
  const kinds = searchingSchema.parse(searching ?? {});
  const read = (kind: z.infer<typeof kindSchema>, fallback: string): ReadonlySet<string> | null => {
    if (kind?.['@available']?.toLowerCase() !== 'yes') return null;
    const list = kind['@supportedParams'] ?? fallback;
    return new Set(
      list
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ''),
    );
  };
  return {
    search: read(kinds.search, assumed.search) ?? new Set(['q']),
    tvsearch: read(kinds['tv-search'], assumed.tvsearch),
    movie: read(kinds['movie-search'], assumed.movie),
  };
}
