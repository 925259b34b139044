/** What the plan has to know of something stored. */
export interface EvictionCandidate {
  /** Null for a folder that belongs to no torrent we know. */
  infoHash: string | null;
  directory: string;
  bytes: number;
  lastUsedAt: number;
  isPinned: boolean;
  isPlaying: boolean;
}

export interface EvictionStep {
  directory: string;
  /** `trim` leaves the head and tail of the film, so that it starts at once when it is wanted again. */
  action: 'trim' | 'erase';
}

/** Titles of which head and tail are kept longest, latest used first. */
const recentTitles = 10;

/**
 * In which order things go when room is needed: what nobody knows of, then the least recently watched. Of recent titles
 * head and tail stay until everything else has gone. What is pinned or being played never goes.
 * @param trimmedBytes what about is left of a trimmed title; something not larger than twice that is not worth trimming
 */
export function evictionPlan(stored: readonly EvictionCandidate[], trimmedBytes: number): EvictionStep[] {
  const free = stored
    .filter(({ isPinned, isPlaying }) => !isPinned && !isPlaying)
    .sort((a, b) => rank(a) - rank(b));
  const recent = new Set(free.filter(({ infoHash }) => infoHash !== null).slice(-recentTitles));
  const first: EvictionStep[] = [];
  const last: EvictionStep[] = [];
  for (const candidate of free) {
    const { directory, bytes } = candidate;
    if (!recent.has(candidate)) {
      first.push({ directory, action: 'erase' });
      continue;
    }
    if (bytes > 2 * trimmedBytes) first.push({ directory, action: 'trim' });
    last.push({ directory, action: 'erase' });
  }
  return [...first, ...last];
}

function rank({ infoHash, lastUsedAt }: EvictionCandidate): number {
  return infoHash === null ? -Infinity : lastUsedAt;
}
