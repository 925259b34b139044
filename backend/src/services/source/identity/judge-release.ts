import type { WantedEpisode, WantedTitle } from '../indexer.port.js';
import type { ReleaseName } from '../release-name/release-name.js';
import { isCountedThrough } from './compact-number.js';
import { matchTitle, type TitleMatch } from './find-title.js';

/** A decision on a release; `reason` says for people why it is not what was asked for. */
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
 * Judges whether name, year, country, episode and size make sense together for the wanted title. Pure. A release that
 * the indexer itself gives the wanted IMDb id may be named in another language.
 */
export function judgeRelease(release: JudgedRelease, name: ReleaseName, wanted: WantedTitle): Verdict {
  const byId = release.imdbId !== null && release.imdbId === wanted.imdbId;
  if (release.imdbId !== null && wanted.imdbId !== null && !byId)
    return refuse('another title by its IMDb id');
  const file = judgeFileKind(release.title);
  if (!file.accepted) return file;
  const found = matchTitle(release.title, name, wanted);
  if (!found && !byId)
    return refuse(
      !/[\p{L}\p{N}]/u.test(name.title ?? '') ? 'its name tells of no title' : 'another title by its name',
    );
  const read = found?.name ?? name;
  const verdicts = [
    judgeContent(found?.text ?? release.title, found !== null, read, wanted),
    byId || !found ? accepted : judgeMarks(found, wanted),
    wanted.episode ? judgeEpisode(read, found?.part ?? null, wanted.episode) : judgeFilm(read, wanted, byId),
    judgeSize(release.sizeBytes, read, wanted),
  ];
  return verdicts.find((verdict) => !verdict.accepted) ?? accepted;
}

/** What nobody can play, by the kind of file. */
function judgeFileKind(title: string): Verdict {
  if (/\.(?:exe|scr|bat|cmd|msi|apk|lnk|com|vbs|ps1|jar)$/i.test(title))
    return refuse('a program, not a video');
  if (/\.(?:rar|zip|7z|r\d\d|iso|tar|gz)$/i.test(title)) return refuse('an archive, not a video');
  return accepted;
}

/** What comes beside a film or a season, unless a release says that it is included: "+ Extras". */
const beside =
  /(?<![\p{L}\p{N}]|(?:\+|&|with|incl|plus|and)[ ._]?)(?:extras|featurettes?|bonus(?:[ ._](?:disc|features?|material))?|making[ ._]of|behind[ ._]the[ ._]scenes|deleted[ ._]scenes|teaser|trailers?|interviews)(?![\p{L}\p{N}])/iu;
const specials = /^[\s._\]()-]{0,4}(?:specials?|ova|oad|bonus|extras)(?![\p{L}\p{N}])/iu;

/**
 * What is not the film or the season itself, by its name.
 * @param isWithoutTitle the words of the title are taken out of `text`, so that none of them is taken for a mark
 */
function judgeContent(
  text: string,
  isWithoutTitle: boolean,
  name: ReleaseName,
  wanted: WantedTitle,
): Verdict {
  if (
    /(?<!\p{L})(?:password(?:ed)?[ ._-]?(?:protected|locked|required)?|passworded)(?!\p{L})\s*[\])]?$/iu.test(
      text,
    )
  )
    return refuse('locked with a password');
  if (/(?<![\p{L}\p{N}])sample(?![\p{L}\p{N}])(?:\.\w{2,4}|-[\p{L}\p{N}]{2,20})?$/iu.test(text))
    return refuse('only a sample');
  if (
    /(?<![\p{L}\p{N}])(?:soundtrack|ost|audiobook|e-?pub)(?![\p{L}\p{N}])/iu.test(text) &&
    !/\d{3,4}p/i.test(text)
  )
    return refuse('not the film itself');
  if (!isWithoutTitle) return accepted;
  // The name of an episode may be any words.
  if (!wanted.episode) return beside.test(text) ? refuse('not the film itself') : accepted;
  const isPack = name.episodes.length === 0 && name.absolute.length === 0 && name.airDate === null;
  return isPack && wanted.episode.season !== 0 && specials.test(name.rest)
    ? refuse('extras or specials, not the episodes')
    : accepted;
}

/** A mark of another series of the same name, or of another time. */
function judgeMarks({ name, country }: TitleMatch, wanted: WantedTitle): Verdict {
  const { originCountries, year, episode } = wanted;
  const known = originCountries ?? [];
  if (country !== null && known.length > 0 && !known.includes(country))
    return refuse(`the series of another country (${country})`);
  if (!episode || year === null || name.year === null) return accepted;
  if (name.isYearOfSeries ? Math.abs(name.year - year) > 1 : name.year < year - 1)
    return refuse(`of ${name.year}, not of ${year}`);
  return accepted;
}

function judgeFilm(name: ReleaseName, wanted: WantedTitle, byId: boolean): Verdict {
  // Numbers that could be a season and an episode could be many other things.
  const isEpisode = name.compactNumber === null && (name.seasons.length > 0 || name.episodes.length > 0);
  if (isEpisode || name.airDate !== null) return refuse('an episode of a show');
  if (wanted.year === null) return accepted;
  // Festivals and countries put a year between what people call the year of a film.
  if (name.year !== null && Math.abs(name.year - wanted.year) > 1)
    return refuse(`of ${name.year}, not of ${wanted.year}`);
  if (name.year === null && name.absolute.length > 0 && !byId) return refuse('an episode of a show');
  return accepted;
}

function judgeEpisode(name: ReleaseName, part: number | null, episode: WantedEpisode): Verdict {
  const { seasons, episodes, airDate, isComplete, compactNumber } = name;
  if (airDate !== null) return airDate === episode.airDate ? accepted : refuse(`the episode of ${airDate}`);
  if (compactNumber !== null && isCountedThrough(compactNumber, episode))
    return compactNumber === episode.absolute ? accepted : refuse(`episode ${compactNumber}`);
  if (seasons.length > 0) {
    if (!seasons.includes(episode.season)) return refuse(`of season ${listed(seasons)}`);
    if (episodes.length > 0)
      return episodes.includes(episode.number) ? accepted : refuse(`episode ${listed(episodes)}`);
    return name.isUnclear ? refuse('it has a number that may mean another episode') : accepted;
  }
  const numbers = part === null ? name.absolute : [part];
  if (numbers.length > 0) {
    // Without a season a number counts through; in the first season the two are the same.
    const number = episode.absolute ?? (episode.season === 1 ? episode.number : null);
    return number !== null && numbers.includes(number) ? accepted : refuse(`episode ${listed(numbers)}`);
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
