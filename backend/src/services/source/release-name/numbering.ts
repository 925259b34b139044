// How releases count: seasons, episodes, days. The forms are tried from the surest on; the first that fits counts.

export interface Numbering {
  seasons: number[];
  episodes: number[];
  absolute: number[];
  airDate: string | null;
  isComplete: boolean;
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
  const forms = [
    seasonAndEpisode,
    crossed,
    wordsOfBoth,
    capitulo,
    day,
    seasonRange,
    seasonWords,
    seasonMark,
    counted,
    fansub,
  ];
  const found = forms.reduce<Found | null>((known, form) => known ?? form(text), null);
  const season = found ? seasonBefore(text, found) : null;
  const merged = { ...found, ...season };
  const at = Math.min(merged.at ?? Infinity, complete?.at ?? Infinity);
  return {
    seasons: merged.seasons ?? [],
    episodes: merged.episodes ?? [],
    absolute: merged.absolute ?? [],
    airDate: merged.airDate ?? null,
    isComplete: complete !== null,
    at: at === Infinity ? text.length : at,
    end: Math.max(found?.end ?? 0, complete?.end ?? 0) || text.length,
  };
}

const seasonWord = '(?:season|saison|staffel|stagione|temporada|temp|series|сезон):?';
const episodeWord = '(?:episodes?|épisode|folge|episodio|ep|серии|серия):?';

// Compiled once: that costs more than a run.
const numbered = new RegExp(
  `${before}S(\\d{1,4})[ .-]{0,2}E(\\d{1,4})((?:[ .]?[-&,~+]?[ .]?(?:S\\d{1,4})?E\\d{1,4})*(?:-\\d{1,3}(?![\\dpi]))?)(?![\\d])`,
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
const cap = new RegExp(`${before}cap[. ]{0,2}(\\d{1,2})(\\d\\d)(?!\\d)`, 'iu');
const temporada = new RegExp(`${before}temporada[ .]\\d{1,2}`, 'iu');
const seasonSpan = new RegExp(`${before}S(\\d{1,2})(?:[ ]?[-~][ ]?S|[-~])(\\d{1,2})(?![\\p{L}\\p{N}])`, 'iu');
const seasonList = new RegExp(`${before}S(\\d{1,2})(?:[ .,+&]{1,3}S(\\d{1,2}))+(?![\\p{L}\\p{N}])`, 'iu');
const seasonNamed = new RegExp(
  `${before}(?:season(s)?|saison(s)?|staffel|stagion[ei]|temporada(s)?|сезон(ы)?):?[ .]?(\\d{1,2})(?:[ .]?(-|to|à|al)[ .]?(\\d{1,2}))?(?![\\p{L}\\p{N}])`,
  'iu',
);
const seasonCounted = new RegExp(
  `${before}(\\d{1,2})(?:st|nd|rd|th|\\.)[ .](?:season|sezon|staffel)(?!\\p{L})`,
  'iu',
);
const seasonAlone = new RegExp(`${before}S(\\d{1,2})(?![\\p{L}\\p{N}])`, 'u');
const episodeAlone = new RegExp(
  `${before}(?:E|EP|Ep\\.?|Episodes?|Folge)[ .]?(\\d{1,4})(?:[-~](\\d{1,4}))?(?:v\\d)?(?![\\p{L}\\p{N}])`,
  'iu',
);

/** S01E02, S01E02E03, S01E02-E05, S01E02-05, S01E04 S01E05, S01.E02. */
function seasonAndEpisode(text: string): Found | null {
  const match = numbered.exec(text);
  if (!match) return null;
  const more = [...(match[3] ?? '').matchAll(/(?:E|-)(\d{1,4})/gi)].map((part) => Number(part[1]));
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
  const match = bothWords.exec(text);
  if (!match) return null;
  return place(match, { seasons: [Number(match[1])], episodes: span(numbers(match.slice(2))) });
}

/** Spanish: Cap.207 is the seventh of the second season. */
function capitulo(text: string): Found | null {
  const match = cap.exec(text);
  if (!match) return null;
  const season = temporada.exec(text);
  return {
    ...place(match, { seasons: [Number(match[1])], episodes: [Number(match[2])] }),
    ...(season && season.index < match.index ? { at: season.index } : {}),
  };
}

/** 2024.03.15, 15.03.2024, 20240315. */
function day(text: string): Found | null {
  const forward = /(?<!\d)((?:19|20)\d\d)[ .-](\d\d)[ .-](\d\d)(?!\d)/.exec(text);
  const backward = /(?<!\d)(\d\d)[ .-](\d\d)[ .-]((?:19|20)\d\d)(?!\d)/.exec(text);
  const dense = /(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)/.exec(text);
  const named =
    /(?<!\d)(\d\d?)[ .-](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ .-]((?:19|20)\d\d)(?!\d)/i.exec(
      text,
    );
  const month = String(months.indexOf(named?.[2]?.toLowerCase() ?? '') + 1).padStart(2, '0');
  const readings = [
    [named, [named?.[3] ?? '', month, named?.[1]?.padStart(2, '0') ?? '']],
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
    const isPlural = [1, 2, 3, 4].some((at) => Boolean(named[at]));
    // "Season 2 - 03" is an episode, "Seasons 1 - 3" and "Season 1-3" are three seasons.
    const head = /^(.*?\d{1,2})\s-\s\d/.exec(named[0])?.[1];
    if (head !== undefined && !isPlural)
      return withFansubNumber(text, {
        seasons: [Number(named[5])],
        at: named.index,
        end: named.index + head.length,
      });
    return place(named, { seasons: span(numbers([named[5], named[7]]), mostSeasons) });
  }
  const counted = seasonCounted.exec(text);
  return counted ? withFansubNumber(text, place(counted, { seasons: [Number(counted[1])] })) : null;
}

/** S01 alone; `S2 - 05` is how fansubs write an episode. */
function seasonMark(text: string): Found | null {
  const match = seasonAlone.exec(text) ?? /[ .[]s(\d\d)(?![\p{L}\p{N}])/u.exec(text);
  if (!match || match.index === 0) return null;
  return withFansubNumber(text, place(match, { seasons: [Number(match[1])] }));
}

function withFansubNumber(text: string, found: Found): Found {
  const next = /^\s-\s(\d{1,3})(?:v\d)?(?![\p{L}\p{N}])/u.exec(text.slice(found.end));
  return next ? { ...found, episodes: [Number(next[1])], end: found.end + next[0].length } : found;
}

/** E05, EP05, Ep. 101-110, Episode 5, 第05話. */
function counted(text: string): Found | null {
  const match = episodeAlone.exec(text) ?? /第(\d{1,4})(?:-(\d{1,4}))?[話话集]/u.exec(text);
  if (!match || match.index === 0) return null;
  return place(match, { absolute: span(numbers(match.slice(1, 3))) });
}

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
