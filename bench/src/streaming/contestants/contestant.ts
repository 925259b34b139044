/** What a contestant is told to play. */
export interface Source {
  magnet: string;
  torrent: Buffer;
  torrentPath: string;
}

/** A server of its own, started with an empty cache. */
export interface RunningContestant {
  pid: number;
  /** Hands over what to play; answers the address of the film. */
  play: (source: Source, as: 'magnet' | 'torrent') => Promise<string>;
  stop: () => Promise<void>;
}

export interface Contestant {
  name: string;
  /** `folder` is empty and its own. */
  start: (folder: string) => Promise<RunningContestant>;
}
