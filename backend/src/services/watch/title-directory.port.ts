// What the history needs to know of titles; `library-titles.ts` answers from the stored catalogue.

/** A film or a show, as lists show it. */
export interface WatchTitle {
  mediaId: string;
  type: 'movie' | 'show';
  title: string;
  year: number | null;
  posterPath: string | null;
  backdropPath: string | null;
  certification: string | null;
  /** Years, the strictest of all countries; null when nobody knows. */
  minimumAge: number | null;
  runtimeSeconds: number | null;
}

export interface GuideEpisode {
  /** 0 holds the specials. */
  season: number;
  episode: number;
  title: string | null;
  /** YYYY-MM-DD; null when nobody knows. */
  airDate: string | null;
  runtimeSeconds: number | null;
}

/** What outsiders call a title. */
export interface ForeignTitle {
  type: 'movie' | 'show';
  title: string;
  year: number | null;
  tmdbId: number | null;
  imdbId: string | null;
}

export interface TitleIds {
  type: 'movie' | 'show';
  tmdbId: number | null;
  imdbId: string | null;
}

export interface TitleDirectory {
  /** By the id asked for, also where that film became another one (whose id `mediaId` is); unknown ones are left out. */
  findTitles(mediaIds: readonly string[]): Promise<Map<string, WatchTitle>>;
  /** Of a show, in the order of broadcast; empty when they are not known. */
  listEpisodes(showId: string): Promise<GuideEpisode[]>;
  /** Our ids, in the order asked; titles never seen here are added. Null for one without an id that could tell it. */
  adopt(titles: readonly ForeignTitle[]): Promise<(string | null)[]>;
  /** What outsiders call them, by the id asked for; unknown ones are left out. */
  findIds(mediaIds: readonly string[]): Promise<Map<string, TitleIds>>;
}
