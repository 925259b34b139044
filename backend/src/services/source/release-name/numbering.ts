// How releases count: seasons, episodes, days. The forms are tried from the surest on; the first that fits counts.

import { markStart } from './marks.js';

export interface Numbering {
  seasons: number[];
  episodes: number[];
  absolute: number[];
  airDate: string | null;
  isComplete: boolean;
  /** A number of three or four digits that is either a season with an episode (as in `seasons`) or counted through. */
  compact: number | null;
  /** A number behind the season is not understood, so the name may mean less than the whole season. */
  isUnclear: boolean;
  /** Where it stands; both at the end of the text when there is none. */
  at: number;
  end: number;
}

type Found = Partial<Numbering> & { at: number; end: number };

const before = '(?<![\\p{L}\\p{N}])';
/** Longest run of numbers that is believed; beyond it the name is nonsense. */
const mostEpisodes = 2_000;
const mostSeasons = 60;

export function numberingOf(text: string): Numbering {
  const complete = completeOf(text);
  const found = forms.reduce<Found | null>((known, form) => known ?? form(text), null);
  const season = found ? seasonBefore(text, found) : null;
  const merged = { ...found, ...season };
  const isSeasonOnly = merged.seasons?.length === 1 && (merged.episodes ?? []).length === 0;
  const at = Math.min(merged.at ?? Infinity, complete?.at ?? Infinity);
  return {
    seasons: merged.seasons ?? [],
    episodes: merged.episodes ?? [],
    absolute: merged.absolute ?? [],
    airDate: merged.airDate ?? null,
    isComplete: complete !== null,
    compact: merged.compact ?? null,
    isUnclear: isSeasonOnly && hasUnreadNumber(text.slice(merged.end ?? text.length)),
    at: at === Infinity ? text.length : at,
    end: Math.max(found?.end ?? 0, complete?.end ?? 0) || text.length,
  };
}

const seasonName =
  'season|saison|staffel|stagione|temporada|temp|series|sezon[ae]?|sezóna|seizoen|säsong|sæson|sesong|kausi|évad|сезон|сезони|シーズン';
const episodeName =
  'episodes?|épisodes?|folgen?|episodio|episódio|capitulo|capítulo|odcinek|odcinki|odc|bölüm|bolum|díl|dil|rész|aflevering|avsnitt|afsnit|jakso|ep|серии|серия|серій|серія|эпизод|выпуск';
const seasonWord = `(?:${seasonName}):?`;
const episodeWord = `(?:${episodeName}):?`;

// Compiled once: that costs more than a run.
const numbered = new RegExp(
  `${before}[ST](\\d{1,4})[ .-]{0,2}EP?[ .]?(\\d{1,4})((?:[ .]?[-&,~+]?[ .]?(?:S\\d{1,4})?EP?\\d{1,4})*(?:[-+](?!480|576|720)\\d{1,3}(?![\\p{L}\\p{N}])){0,30})(?![\\d])`,
  'iu',
);
const crossedForm = new RegExp(
  `${before}(\\d{1,2})x(\\d{2,3})((?:[ ]?[-&+][ ]?(?:\\d{1,2}x)?\\d{2,3}(?![\\dpi]))*)(?![\\p{L}\\p{N}])`,
  'iu',
);
const bothWords = new RegExp(
  `${before}${seasonWord}[ .]?(\\d{1,2})[ .,/-]{1,4}${episodeWord}[ .]?(\\d{1,4})(?:-(\\d{1,4}))?(?![\\p{L}\\p{N}])`,
  'iu',
);
const wordsReversed = new RegExp(
  `${before}(\\d{1,2})(?:st|nd|rd|th|[.ªaºй])?[ -]{0,2}${seasonWord}[ .,:/(-]{1,4}(?:${episodeWord}[ .]?)?(\\d{1,4})(?:-(\\d{1,4}))?(?:[.ªaº]?[ -]{0,2}${episodeWord})(?![\\p{L}\\p{N}])`,
  'iu',
);
const cap = new RegExp(`${before}cap[. ]{0,2}(\\d{1,2})(\\d\\d)(?:[_-]\\1(\\d\\d))?(?!\\d)`, 'iu');
const temporada = new RegExp(`${before}temporada[ .]\\d{1,2}`, 'iu');
const seasonSpan = new RegExp(`${before}S(\\d{1,2})(?:[ ]?[-~][ ]?S|[-~])(\\d{1,2})(?![\\p{L}\\p{N}])`, 'iu');
const seasonList = new RegExp(`${before}S(\\d{1,2})(?:[ .,+&]{1,3}S(\\d{1,2}))+(?![\\p{L}\\p{N}])`, 'iu');
const seasonNamed = new RegExp(
  `${before}(?:season(s)?|saison(s)?|staffel|stagion[ei]|temporada(s)?|sezon[ay]?|sezóna|seizoen|säsong|sæson|sesong|kausi|évad|сезони?|сезон(ы)?):?[ .]?(\\d{1,2})((?:[ .]?[,&][ .]?\\d{1,2}){1,10}(?![\\p{L}\\p{N}]))?(?:[ .]?(-|to|à|al)[ .]?(\\d{1,2}))?(?![\\p{L}\\p{N}])`,
  'iu',
);
const seasonCounted = new RegExp(
  `${before}(\\d{1,2})(?:st|nd|rd|th|[.ªaºй])?[ .-]{1,2}(?:season|sezon|sezóna|staffel|temporada|évad|сезон|kausi)(?!\\p{L})`,
  'iu',
);
const seasonOrdinal = new RegExp(
  `${before}(first|second|third|fourth|fifth|final)[ .]season(?!\\p{L})`,
  'iu',
);
const ordinals: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, fifth: 5 };
const hanSeason = /第([\d〇一二三四五六七八九十]{1,3})[季期部]/u;
const hanDigits = '〇一二三四五六七八九';
const seasonAlone = new RegExp(`${before}S(\\d{1,2})(?![\\p{L}\\p{N}])`, 'u');
const episodeAlone = new RegExp(
  `${before}(?:E|Ep\\.?|#|${episodeName}:?)[ .]?(\\d{1,4})(?:[-~](\\d{1,4}))?(?:v\\d)?(?![\\p{L}\\p{N}])`,
  'iu',
);
/** "3of8", "Part 3 of 8". */
const ofMany = new RegExp(`${before}(?:part[ .])?(\\d{1,2})[ .]?of[ .]?(\\d{1,3})(?![\\p{L}\\p{N}])`, 'iu');
/** Three or four digits between dots, as television was named: `.105.` */
const compactForm =
  /(?<=[\p{L}\p{N}][ .])(?!480|576|720|1080|1440|2160|19\d\d|20\d\d)(\d{1,2})(\d\d)(?=[ .]\p{L})/u;
/** With zeros in front a number counts through. */
const padded = /(?<=[\p{L}\p{N}][ .])(?<!(?:part|pt|vol|volume)[ .])(0\d{1,3})(?=[ .]|$)/iu;
const fansubSpecial = /\s-\sSP\s?(\d{1,3})(?![\p{L}\p{N}])/iu;
/** Directly behind a season, in brackets or between separators. */
const behindSeason =
  /^(?:[ .]?[-–][ .]?|[ .]?\[|[ .]?\(|[ .]#?)(?:e|ep|episode)?[ .]?(\d{1,3})(?:[ .]?[-~][ .]?(\d{1,3}))?(?:v\d)?[ .]?(?:END)?(?![\p{L}\p{N}]|\.\d|[ .](?:of|bits?|fps|ch|eps|episodes|epis[oó]dios|episodi|folgen|серий|серии)(?!\p{L}))/iu;
const knownHeights: ReadonlySet<number> = new Set([264, 265, 360, 480, 576, 720]);

/** S01E02, S01E02E03, S01E02-E05, S01E02-05, S01E04 S01E05, S01.E02. */
function seasonAndEpisode(text: string): Found | null {
  const match = numbered.exec(text);
  if (!match) return null;
  const more = [...(match[3] ?? '').matchAll(/(?:EP?|[-+])(\d{1,4})/gi)].map((part) => Number(part[1]));
  const first = Number(match[2]);
  return place(match, { seasons: [Number(match[1])], episodes: span([first, ...more]) });
}

/** 1x02, 1x02-04, 1x02-1x04, 1x02 & 1x03. */
function crossed(text: string): Found | null {
  const match = crossedForm.exec(text);
  if (!match) return null;
  const more = [...(match[3] ?? '').matchAll(/(?:\d{1,2}x)?(\d{2,3})/gi)].map((part) => Number(part[1]));
  return place(match, { seasons: [Number(match[1])], episodes: span([Number(match[2]), ...more]) });
}

/** "Season 2 Episode 7", "Сезон: 1 / Серии: 1-8". */
function wordsOfBoth(text: string): Found | null {
  const match = bothWords.exec(text) ?? wordsReversed.exec(text);
  if (!match) return null;
  return place(match, { seasons: [Number(match[1])], episodes: span(numbers(match.slice(2))) });
}

/** Spanish: Cap.207 is the seventh of the second season. */
function capitulo(text: string): Found | null {
  const match = cap.exec(text);
  if (!match) return null;
  const season = temporada.exec(text);
  return {
    ...place(match, { seasons: [Number(match[1])], episodes: span(numbers(match.slice(2))) }),
    ...(season && season.index < match.index ? { at: season.index } : {}),
  };
}

/** 2024.03.15, 15.03.2024, 20240315. */
function day(text: string): Found | null {
  const forward = /(?<!\d)((?:19|20)\d\d)[ .-](\d\d)[ .-](\d\d)(?!\d)/.exec(text);
  const backward = /(?<!\d)(\d\d)[ .-](\d\d)[ .-]((?:19|20)\d\d)(?!\d)/.exec(text);
  const dense = /(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)/.exec(text);
  const named =
    /(?<!\d)(\d\d?)(?:st|nd|rd|th)?[ .-](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ .-]((?:19|20)\d\d)(?!\d)/i.exec(
      text,
    );
  const monthFirst =
    /(?<!\p{L})(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ .-](\d\d?)(?:st|nd|rd|th)?,?[ .-]((?:19|20)\d\d)(?!\d)/iu.exec(
      text,
    );
  const readings = [
    [named, [named?.[3] ?? '', monthOf(named?.[2]), named?.[1]?.padStart(2, '0') ?? '']],
    [monthFirst, [monthFirst?.[3] ?? '', monthOf(monthFirst?.[1]), monthFirst?.[2]?.padStart(2, '0') ?? '']],
    [forward, forward?.slice(1, 4)],
    [backward, backward?.slice(1, 4).reverse()],
    [dense, dense?.slice(1, 4)],
  ] as const;
  for (const [match, parts] of readings) {
    const airDate = parts?.join('-') ?? '';
    if (match && match.index > 0 && isDay(airDate)) return place(match, { airDate });
  }
  return null;
}

function monthOf(name: string | undefined): string {
  return String(months.indexOf(name?.slice(0, 3).toLowerCase() ?? '') + 1).padStart(2, '0');
}

/** 24.03.15 and 240315, where nothing surer is told. */
function shortDay(text: string): Found | null {
  const match = /(?<![\p{L}\p{N}]|\d[.-])(\d\d)([.-]?)(\d\d)\2(\d\d)(?![\p{L}\p{N}]|[.-]\d{1,2}(?!\d))/u.exec(
    text,
  );
  if (!match || match.index === 0 || /(?<!\d)(?:19|20)\d\d(?!\d)/.test(text)) return null;
  const airDate = `20${match[1] ?? ''}-${match[3] ?? ''}-${match[4] ?? ''}`;
  return isDay(airDate) ? place(match, { airDate }) : null;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** S01-S05, S01-05, S01 S02 S03. */
function seasonRange(text: string): Found | null {
  const match = seasonSpan.exec(text) ?? seasonList.exec(text);
  if (!match || Number(match[2]) <= Number(match[1])) return null;
  return place(match, { seasons: span(numbers(match.slice(1, 3)), mostSeasons) });
}

/** "Season 1", "Seasons 1-4", "Seasons 1 to 4", "2. Sezon", "2nd Season". */
function seasonWords(text: string): Found | null {
  const named = seasonNamed.exec(text);
  if (named && named.index > 0) {
    const isPlural = [1, 2, 3, 4, 6].some((at) => Boolean(named[at]));
    // "Season 2 - 03" is an episode, "Seasons 1 - 3" and "Season 1-3" are three seasons.
    const head = /^(.*?\d{1,2})\s-\s\d/.exec(named[0])?.[1];
    if (head !== undefined && !isPlural)
      return withFansubNumber(text, {
        seasons: [Number(named[5])],
        at: named.index,
        end: named.index + head.length,
      });
    const listed = [...(named[6] ?? '').matchAll(/\d{1,2}/g)].map(([number]) => Number(number));
    const seasons = span([...numbers([named[5], named[8]]), ...listed], mostSeasons);
    return withFansubNumber(text, place(named, { seasons }));
  }
  const counted = seasonCounted.exec(text) ?? hanSeason.exec(text) ?? seasonOrdinal.exec(text);
  const season = counted ? seasonOf(counted[1] ?? '') : null;
  return counted && season !== null && counted.index > 0
    ? withFansubNumber(text, place(counted, { seasons: [season] }))
    : null;
}

/** Of "2", "二" or "second"; null of another word. */
function seasonOf(said: string): number | null {
  if (/^\d+$/.test(said)) return Number(said);
  const ordinal = ordinals[said.toLowerCase()];
  if (ordinal !== undefined) return ordinal;
  if (!/^[〇一二三四五六七八九十]+$/u.test(said)) return null;
  const [tens = '', ones = ''] = said.includes('十') ? said.split('十') : ['〇', said];
  return 10 * (tens === '' ? 1 : hanDigits.indexOf(tens)) + (ones === '' ? 0 : hanDigits.indexOf(ones));
}

/** S01 alone; `S2 - 05` is how fansubs write an episode. */
function seasonMark(text: string): Found | null {
  const match = seasonAlone.exec(text) ?? /[ .[]s(\d\d)(?![\p{L}\p{N}])/u.exec(text);
  if (!match || match.index === 0) return null;
  return withFansubNumber(text, place(match, { seasons: [Number(match[1])] }));
}

/** Adds the episode that stands behind one season: `S2 - 05`, `S2 [05]`, `第二季 第05集`. */
function withFansubNumber(text: string, found: Found): Found {
  if (found.seasons?.length !== 1) return found;
  const rest = text.slice(found.end, found.end + mostBehind);
  const next = behindSeason.exec(rest) ?? hanEpisodeBehind.exec(rest) ?? episodeWordBehind.exec(rest);
  const episodes = next ? span(numbers(next.slice(1, 3))) : [];
  if (!next || episodes.some((episode) => knownHeights.has(episode))) return found;
  return { ...found, episodes, end: found.end + next[0].length };
}

/** Characters behind a season in which its episode is looked for. */
const mostBehind = 40;
const hanEpisodeBehind = /^[ .]{0,2}第(\d{1,4})(?:-(\d{1,4}))?[話话集回]/u;
const episodeWordBehind = new RegExp(
  `^[ .,:/(-]{1,4}(?:${episodeWord}[ .]?(\\d{1,4})(?:-(\\d{1,4}))?|(\\d{1,4})(?:-(\\d{1,4}))?[.ªa]?[ -]{0,2}${episodeWord})(?![\\p{L}\\p{N}])`,
  'iu',
);

/** Whether a number stands between a season and the marks of the picture that is neither a year nor a part of the season. */
function hasUnreadNumber(rest: string): boolean {
  const words = rest.slice(0, Math.min(markStart(rest, 0), 80));
  return /(?<![\p{L}\p{N}]|(?:part|pt|vol|volume|disc|disk|dvd|cd|version|v)[ ._-]?|\d[.,])(?!480|576|720|264|265)\d{1,3}(?![\p{L}\p{N}]|[.,]\d|[ .-]?(?:of|bits?|fps|ch|eps?|episodes?|gb|mb|серий|серии|из|x)(?!\p{L}))/iu.test(
    words,
  );
}

/** E05, EP05, Ep. 101-110, Episode 5, 第05話. */
function counted(text: string): Found | null {
  const some = ofMany.exec(text);
  if (some && some.index > 0 && Number(some[1]) <= Number(some[2]))
    return place(some, { absolute: [Number(some[1])] });
  const match = episodeAlone.exec(text) ?? /第(\d{1,4})(?:-(\d{1,4}))?[話话集回]/u.exec(text);
  if (!match || match.index === 0) return null;
  return place(match, { absolute: span(numbers(match.slice(1, 3))) });
}

/** "- SP02": a special. */
function special(text: string): Found | null {
  const match = fansubSpecial.exec(text);
  return match && place(match, { seasons: [0], episodes: [Number(match[1])] });
}

/** `.002.`, `.105.`: the number alone, as long as no year says that the name is a film's. */
function dotted(text: string): Found | null {
  if (/(?<![\p{L}\p{N}])(?:19|20)\d\d(?![\p{L}\p{N}])/u.test(text)) return null;
  const through = padded.exec(text);
  if (through && through.index < markStart(text, 1))
    return place(through, { absolute: [Number(through[1])] });
  const match = compactForm.exec(text);
  if (!match || match.index > markStart(text, 1)) return null;
  const [season, episode] = [Number(match[1]), Number(match[2])];
  if (season === 0 || episode === 0) return null;
  return place(match, { seasons: [season], episodes: [episode], compact: 100 * season + episode });
}

/** From the surest on; the first that fits counts. */
const forms: readonly ((text: string) => Found | null)[] = [
  seasonAndEpisode,
  crossed,
  wordsOfBoth,
  capitulo,
  day,
  seasonRange,
  seasonWords,
  seasonMark,
  special,
  counted,
  fansub,
  shortDay,
  dotted,
];

/** "- 05", "- 01-12", "- 01 ~ 12", "[12]": as fansubs number. */
function fansub(text: string): Found | null {
  const match =
    /\s-\s(\d{1,4})(?:\s?[-~]\s?(\d{1,4}))?(?:v\d|\.5)?(?=\s|$|[[(])/u.exec(text) ??
    /(?<=\sBatch)\s(\d{1,4})\s?[-~]\s?(\d{1,4})(?=\s|$|[[(])/iu.exec(text) ??
    /[^\s]\s?\[(\d{1,3})(?:-(\d{1,3}))?(?:v\d)?(?:\s?END)?\](?=\[|\s|$)/u.exec(text);
  if (!match || match.index === 0) return null;
  const found = numbers(match.slice(1, 3));
  // `Title - 2010 - 1080p` tells of a year.
  if (found.length === 1 && found.every((number) => number >= 1900 && number <= 2099)) return null;
  const start = match[0].startsWith(' ') ? match.index : match.index + 1;
  return { absolute: span(found), at: start, end: match.index + match[0].length };
}

/** A season named in words ahead of a number: "2nd Season - 05" has been read, "Temporada 2 [Cap.207]" too. */
function seasonBefore(text: string, found: Found): Partial<Found> | null {
  if (found.seasons !== undefined || found.absolute === undefined || found.absolute.length === 0) return null;
  const head = text.slice(0, found.at);
  const match = /\s(?:S(\d{1,2})|(\d)(?:st|nd|rd|th) Season|Season (\d{1,2}))$/i.exec(head);
  if (!match) return null;
  return { seasons: numbers(match.slice(1)), episodes: found.absolute, absolute: [], at: match.index };
}

/** A disc is "complete" in another sense. */
function completeOf(text: string): { at: number; end: number } | null {
  const match =
    /(?<!\p{L})(?:the[ .])?(?:complete|integrale|completa)[ .](?:series|collection|seasons?)(?!\p{L})/iu.exec(
      text,
    ) ??
    /(?<!\p{L})(?:complete|completa|integrale|intégrale)(?:[ .]batch)?(?!\p{L})(?![ .](?:uhd[ .])?blu-?ray)/iu.exec(
      text,
    );
  if (!match || match.index === 0) return null;
  const isFilm =
    !/(?<!\p{L})(?:s\d|season|saison|stagione|staffel|temporada|series|collection|episode|batch)/iu.test(
      text,
    );
  return isFilm ? null : { at: match.index, end: match.index + match[0].length };
}

function place(match: RegExpExecArray, facts: Partial<Numbering>): Found {
  return { ...facts, at: match.index, end: match.index + match[0].length };
}

function numbers(parts: readonly (string | undefined)[]): number[] {
  return parts.flatMap((part) => (part === undefined ? [] : [Number(part)]));
}

/** All from the least to the greatest. */
function span(ends: readonly number[], most = mostEpisodes): number[] {
  const from = Math.min(...ends);
  const count = Math.max(...ends) - from + 1;
  if (count > most) return [from];
  return Array.from({ length: count }, (_, at) => from + at);
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
