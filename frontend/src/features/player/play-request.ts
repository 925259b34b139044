/** What to play, as the address of the player says it. */
export interface PlayRequest {
  mediaId?: string | undefined;
  /** With `episode`, when `mediaId` is a series. Whole numbers, as texts. */
  season?: string | undefined;
  episode?: string | undefined;
  sourceId?: string | undefined;
  /** A torrent opened here a moment ago; see opened-torrents.ts. */
  opened?: string | undefined;
  /** `start`: from the beginning, whatever was watched before. */
  from?: 'start' | undefined;
}

/** Reads the search part of an address; what is not text is not there. */
export function parsePlayRequest(search: Record<string, unknown>): PlayRequest {
  const text = (name: keyof PlayRequest) => {
    const value = search[name];
    return typeof value === 'string' && value !== '' ? { [name]: value } : {};
  };
  return {
    ...text('mediaId'),
    ...episodeOf(search),
    ...text('sourceId'),
    ...text('opened'),
    ...(search['from'] === 'start' && { from: 'start' as const }),
  };
}

function episodeOf({ season, episode }: Record<string, unknown>): Pick<PlayRequest, 'season' | 'episode'> {
  const isNumber = (value: unknown): value is string => typeof value === 'string' && /^\d{1,5}$/.test(value);
  return isNumber(season) && isNumber(episode) ? { season, episode } : {};
}
