/** A film, or one episode of a show. */
export interface TitleRef {
  /** Our id of the film or the show. */
  mediaId: string;
  /** Null for a film, as `episode`. */
  season: number | null;
  episode: number | null;
}

/** One word for a film or an episode; what the log is kept by. */
export function titleKeyOf({ mediaId, season, episode }: TitleRef): string {
  return season === null || episode === null ? mediaId : `${mediaId}/${season}/${episode}`;
}
