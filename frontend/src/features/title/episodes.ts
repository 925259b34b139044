import type { Progress, Show } from '../../api/types.js';
import { formatClock } from '../../ui/format.js';

/** The season to show first: the first that is not the specials. */
export function firstSeason(seasons: Show['seasons']): number | null {
  return (seasons.find(({ number }) => number > 0) ?? seasons[0])?.number ?? null;
}

/** What the large button plays: where the user is, or the beginning. Null when nothing was broadcast yet. */
export function nextToPlay(
  show: Show,
  progress: Progress | undefined,
): { season: number; episode: number; words: string } | null {
  const next = progress?.next;
  if (next && next.season !== null && next.episode !== null) {
    const place = episodeCode(next.season, next.episode);
    const at = next.resumeAtSeconds;
    return {
      season: next.season,
      episode: next.episode,
      words: at === null ? `Play ${place}` : `Resume ${place} · ${formatClock(at)}`,
    };
  }
  const season = firstSeason(show.seasons);
  if (season === null || show.lastEpisode === null) return null;
  return { season, episode: 1, words: `Play ${episodeCode(season, 1)}` };
}

/** "S2 E3" */
export function episodeCode(season: number, episode: number): string {
  return `S${season} E${episode}`;
}

/** "2011–2013", "2011–", "2011". */
export function yearsOf({ year, lastAirDate, status }: Show): string {
  if (year === null) return '';
  const ended = status === 'Ended' || status === 'Canceled';
  const last = lastAirDate === null ? year : Number(lastAirDate.slice(0, 4));
  if (!ended) return `${year}–`;
  return last === year ? String(year) : `${year}–${last}`;
}

/** It is still that day somewhere. Milliseconds. */
const latest = 36 * 3_600_000;

/** What is to come and when; null when nobody has said, or what was said is over. */
export function upcomingWords({ nextEpisode: next }: Show, now: number = Date.now()): string | null {
  if (next === null || (next.airDate !== null && Date.parse(next.airDate) + latest < now)) return null;
  const title = next.title === '' ? '' : ` “${next.title}”`;
  const when = next.airDate === null ? '' : ` on ${dayWords(next.airDate)}`;
  return `Next: ${episodeCode(next.seasonNumber, next.number)}${title}${when}`;
}

/** "3 December 2026", of a date without a time: the same day everywhere. */
export function dayWords(date: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date));
}
