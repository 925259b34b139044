import type { WantedEpisode, WantedTitle } from '../indexer.port.js';
import type { ReleaseName } from '../release-name/release-name.js';
import { foldTitle } from './title-match.js';

/** Whether a release is what was asked for; otherwise why it is not, for people. */
export type Verdict = { accepted: true } | { accepted: false; reason: string };

interface JudgedRelease {
  title: string;
  sizeBytes: number | null;
  imdbId: string | null;
}

const accepted: Verdict = { accepted: true };
const refuse = (reason: string): Verdict => ({ accepted: false, reason });

/** Bytes a second of everything in the file: below, it cannot be the whole film; above, it is something else. */
const leastRate = 8_000;
const mostRate = 25_000_000;
/** Minutes are rounded, cuts differ, and a season holds many: so much too long is still believed. */
const longestFilmSeconds = 6 * 3_600;

/**
 * Whether name, year, episode and size make sense together for the wanted title. Pure. A release that the indexer
 * itself gives the wanted IMDb id may be named in another language.
 */
export function judgeRelease(release: JudgedRelease, name: ReleaseName, wanted: WantedTitle): Verdict {
  const byId = release.imdbId !== null && release.imdbId === wanted.imdbId;
  if (release.imdbId !== null && wanted.imdbId !== null && !byId)
    return refuse('another title by its IMDb id');
  const content = judgeContent(release.title);
  if (!content.accepted) return content;
  const verdicts = [
    byId ? accepted : judgeTitle(name, wanted),
    wanted.episode ? judgeEpisode(name, wanted.episode) : judgeFilm(name, wanted, byId),
    judgeSize(release.sizeBytes, name, wanted),
  ];
  return verdicts.find((verdict) => !verdict.accepted) ?? accepted;
}

/** What nobody can play, by its name. */
function judgeContent(title: string): Verdict {
  if (/\.(?:exe|scr|bat|cmd|msi|apk|lnk|com|vbs|ps1|jar)$/i.test(title))
    return refuse('a program, not a video');
  if (/\.(?:rar|zip|7z|r\d\d|iso|tar|gz)$/i.test(title)) return refuse('an archive, not a video');
  if (
    /(?<!\p{L})(?:password(?:ed)?[ ._-]?(?:protected|locked|required)?|passworded)(?!\p{L})\s*[\])]?$/iu.test(
      title,
    )
  )
    return refuse('locked with a password');
  if (/(?<![\p{L}\p{N}])sample(?![\p{L}\p{N}])(?:\.\w{2,4})?$/iu.test(title)) return refuse('only a sample');
  if (
    /(?<![\p{L}\p{N}])(?:soundtrack|ost|audiobook|e-?pub|trailer)(?![\p{L}\p{N}])/iu.test(title) &&
    !/\d{3,4}p/i.test(title)
  )
    return refuse('not the film itself');
  return accepted;
}

function judgeTitle(name: ReleaseName, wanted: WantedTitle): Verdict {
  const found = foldTitle(name.title ?? '');
  if (found === '') return refuse('its name tells of no title');
  const titles = [wanted.title, wanted.originalTitle, ...(wanted.aliases ?? [])];
  const isWanted = titles.some((title) => {
    const folded = foldTitle(title);
    // Shows are told apart by a year or a country behind the name: "Show 2015", "Show US".
    return (
      folded !== '' &&
      (found === folded || (wanted.episode && suffixes(wanted).some((suffix) => found === folded + suffix)))
    );
  });
  return isWanted ? accepted : refuse('another title by its name');
}

function suffixes({ year }: WantedTitle): string[] {
  return ['us', 'uk', 'au', ...(year === null ? [] : [String(year)])];
}

function judgeFilm(name: ReleaseName, wanted: WantedTitle, byId: boolean): Verdict {
  if (name.seasons.length > 0 || name.episodes.length > 0 || name.airDate !== null)
    return refuse('an episode of a show');
  if (wanted.year === null) return accepted;
  // Festivals and countries put a year between what people call the year of a film.
  if (name.year !== null && Math.abs(name.year - wanted.year) > 1)
    return refuse(`of ${name.year}, not of ${wanted.year}`);
  if (name.year === null && name.absolute.length > 0 && !byId) return refuse('an episode of a show');
  return accepted;
}

function judgeEpisode(name: ReleaseName, episode: WantedEpisode): Verdict {
  const { seasons, episodes, absolute, airDate, isComplete } = name;
  if (airDate !== null) return airDate === episode.airDate ? accepted : refuse(`the episode of ${airDate}`);
  if (seasons.length > 0) {
    if (!seasons.includes(episode.season)) return refuse(`of season ${listed(seasons)}`);
    return episodes.length === 0 || episodes.includes(episode.number)
      ? accepted
      : refuse(`episode ${listed(episodes)}`);
  }
  if (absolute.length > 0) {
    // Without a season a number counts through; in the first season the two are the same.
    const number = episode.absolute ?? (episode.season === 1 ? episode.number : null);
    return number !== null && absolute.includes(number) ? accepted : refuse(`episode ${listed(absolute)}`);
  }
  return isComplete ? accepted : refuse('it does not say which episode it holds');
}

function judgeSize(sizeBytes: number | null, name: ReleaseName, wanted: WantedTitle): Verdict {
  if (sizeBytes === null || sizeBytes === 0) return accepted;
  if (sizeBytes < 2_000_000) return refuse('too small to be a video');
  const { runtimeSeconds, episode } = wanted;
  if (runtimeSeconds === null || runtimeSeconds < 60) return accepted;
  if (sizeBytes / runtimeSeconds < leastRate) return refuse('too small for its length');
  const isPack = episode && (name.episodes.length !== 1 || name.seasons.length !== 1);
  const longest = isPack ? Infinity : Math.max(longestFilmSeconds, runtimeSeconds);
  return sizeBytes / longest > mostRate ? refuse('too large for its length') : accepted;
}

function listed(numbers: readonly number[]): string {
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  return first === last ? String(first) : `${first} to ${last}`;
}
