import { languagesIn, subtitlesIn } from './languages.js';
import { audioOf, channelsOf, firstMark, isMark, markRules, markStart } from './marks.js';
import { type Numbering, numberingOf } from './numbering.js';

/** What a release name tells. Unknown is null, none is empty. */
export interface ReleaseName {
  title: string | null;
  /** All titles the name gives, `title` among them: `Local title / Original title`, `One AKA Other`. */
  titles: string[];
  year: number | null;
  /** The year stands ahead of season and episode, so it is the year in which the series began. */
  isYearOfSeries: boolean;
  resolution: string | null;
  /** `bluray`, `web`, `hdtv`, `dvd`, `hddvd`, `screener`, `cam`. */
  releaseType: string | null;
  /** An untouched copy of a disc's streams. */
  isRemux: boolean;
  videoCodec: string | null;
  audioCodec: string | null;
  audioChannels: string | null;
  /** `dv`, `hdr10`, `hdr10+`, `hlg`, or `hdr` where the name does not say which. */
  hdr: string[];
  /** Bits per colour. */
  bitDepth: number | null;
  /** ISO 639-1 of the sound; `multi` where the name only says that there are several. */
  languages: string[];
  /** The same of subtitles. */
  subtitles: string[];
  /** `extended`, `directors-cut`, `unrated`, ... */
  edition: string | null;
  group: string | null;
  repair: 'proper' | 'repack' | null;
  is3d: boolean;
  /** mkv, mp4, avi, webm, ...: when the name ends in a file's extension. */
  container: string | null;
  /** Ascending; of a show. */
  seasons: number[];
  /** Within the season. Empty with seasons: the whole of them. */
  episodes: number[];
  /** Episodes counted through from the first one, as fansubs do. */
  absolute: number[];
  /** YYYY-MM-DD, of shows that are named by their day. */
  airDate: string | null;
  /** It says that nothing of the season or show is missing. */
  isComplete: boolean;
  /** Three or four digits, read as season and episode, that may also be counted through: 105. */
  compactNumber: number | null;
  /** There is a season and behind it a number that is not understood. */
  isUnclear: boolean;
  /** The text behind the numbering, or behind the title where there is none. */
  rest: string;
}

const maxLength = 300;

/**
 * Reads the usual marks out of a release name, such as `Some.Film.2010.1080p.BluRay.x264.AAC5.1-GROUP.mkv`. Pure and
 * total: any text gives an answer, in time linear in its length. How right it is: `backend/docs/sources.md`.
 */
export function parseReleaseName(name: string): ReleaseName {
  const { text: words, container, tag } = bareName(name);
  const numbering = numberingOf(words);
  const year = yearOf(words, numbering);
  const titleEnd = endOfTitle(words, numbering, year);
  const marks = marksOf(words, titleEnd, numbering);
  const title = titlesOf(words, titleEnd);
  const audioCodec = audioOf(marks);
  return {
    title: title.text,
    titles: title.all,
    year: year?.value ?? null,
    isYearOfSeries: year !== null && year.at < numbering.at,
    resolution: firstMark(markRules.resolution, marks),
    releaseType: firstMark(markRules.releaseType, marks),
    isRemux: /(?<![a-z])(?:bd-?)?remux(?![a-z])/i.test(marks),
    videoCodec: firstMark(markRules.videoCodec, marks),
    audioCodec,
    audioChannels: channelsOf(marks),
    hdr: markRules.hdr.flatMap(([value, pattern]) => (pattern.test(marks) ? [value] : [])),
    bitDepth: Number(firstMark(markRules.bitDepth, marks) ?? 0) || null,
    languages: languagesIn(marks),
    subtitles: subtitlesIn(marks),
    edition: firstMark(markRules.edition, marks) ?? title.edition,
    group: groupOf(words, tag ?? title.tag),
    repair: repairOf(marks),
    is3d: /(?<![a-z0-9])(?:3d|h-?sbs|half-?sbs|half-?ou|h-?ou)(?![a-z0-9])/i.test(marks),
    container,
    seasons: numbering.seasons,
    episodes: numbering.episodes,
    absolute: numbering.absolute,
    airDate: numbering.airDate,
    isComplete: numbering.isComplete,
    compactNumber: numbering.compact,
    isUnclear: numbering.isUnclear,
    rest: words.slice(numbering.end < words.length ? numbering.end : titleEnd),
  };
}

const extension = /\.(mkv|mp4|m4v|avi|webm|mov|ts|m2ts|mpg|mpeg|ogv|wmv)$/i;
/** Where a copy was fetched from, put before or after the name by those who pass it on. */
const siteBefore = /^(?:\[\s*www\.[^\]]{1,60}\]|www\.[\w.-]{1,60}?\.[a-z]{2,6}(?=\s))[\s-]*/i;
const siteAfter = /\s?\[(?:rartv|rarbg|eztv[\w.]{0,6}|tgx|ettv|ion10|prt)\]$/i;
const groupBefore = /^\[([^\]]{2,30})\][ _]?(?=[^[\s_])/;

/** A release name without the extension of a file, the name of a site and a group in front; at most 300 characters. */
export function bareName(name: string): { text: string; container: string | null; tag: string | null } {
  const short = name.slice(0, maxLength).normalize('NFC');
  const container = extension.exec(short)?.[1]?.toLowerCase() ?? null;
  const text = (container === null ? short : short.slice(0, -(container.length + 1)))
    .replaceAll(/[_【】［］／｜]/g, (sign) => plainSigns[sign] ?? sign)
    .trim()
    .replace(siteBefore, '')
    .replace(siteAfter, '');
  const tag = groupBefore.exec(text);
  if (tag?.[1] === undefined || isMark(tag[1])) return { text, container, tag: null };
  const rest = text.slice(tag[0].length);
  // Without any title behind it the bracket is the title: `[REC].2007`.
  const isTitle = /^[\s._-]*(?:(?:19|20)\d\d(?!\d)|S\d)/i.test(rest) || markStart(rest, 0) <= 1;
  return isTitle ? { text, container, tag: null } : { text: rest, container, tag: tag[1] };
}

const plainSigns: Readonly<Record<string, string>> = {
  _: ' ',
  '【': '[',
  '】': ']',
  '［': '[',
  '］': ']',
  '／': '/',
  '｜': '|',
};

interface Year {
  value: number;
  at: number;
}

/** The last one that can be; what stands alone at the front is a title ("1911"), and a day is no year. */
function yearOf(text: string, numbering: Numbering): Year | null {
  const found = [...text.matchAll(/(?<![\p{L}\p{N}])(?:19|20)\d\d(?![\p{L}\p{N}])/gu)].filter(
    ({ index }) => index > 0 && !(index >= numbering.at && index < numbering.end),
  );
  // `Title (2010)`, sure of it, or else the last before the picture's format.
  const sure = found.findLast(({ index }) => /[([]\s?$/.test(text.slice(0, index)));
  const last = sure ?? found.at(-1);
  if (!last || (/^\s*$/.test(text.slice(0, last.index).replaceAll(/[.([-]/g, ' ')) && !sure)) return null;
  return { value: Number(last[0]), at: last.index };
}

function endOfTitle(text: string, numbering: Numbering, year: Year | null): number {
  const ends = [year?.at, numbering.at, markStart(text, 1)].filter((at) => at !== undefined && at > 0);
  const end = Math.min(text.length, ...(ends as number[]));
  // Within a bracket that is still open everything since the bracket is marks.
  const open = /[([{][^()[\]{}]*$/.exec(text.slice(0, end));
  return open && open.index > 0 ? open.index : end;
}

/** What follows the title, less the name an episode may have, in which "Web" or "French" are words like any other. */
function marksOf(text: string, titleEnd: number, numbering: Numbering): string {
  if (numbering.end <= titleEnd || numbering.at < titleEnd) return ` ${text.slice(titleEnd)}`;
  const before = text.slice(titleEnd, numbering.end);
  const rest = text.slice(numbering.end);
  const technical = markStart(rest, 0);
  if (technical === Infinity) return ` ${before}${rest}`;
  let start = technical;
  // Marks that words could be count when they stand right before the sure ones.
  for (;;) {
    const word = /(?<![^\s.[\]()])[^\s.[\]()]+[\s.[\]()]*$/.exec(rest.slice(0, start));
    if (!word || !isMark(word[0].replaceAll(/(?<![\s.[\]()])[\s.[\]()]+$/g, ''))) break;
    start = word.index;
  }
  return ` ${before} ${rest.slice(start)}`;
}

const shouted = /(?<![\s.])[\s.]+(EXTENDED|UNRATED|UNCUT|REMASTERED|THEATRICAL|IMAX|PROPER|REPACK|RESTORED)$/;
/** What no title ends with by chance. */
const editionBehind =
  /(?<![\s.])[\s.]+((?:the[\s.])?(?:director'?s'?[\s.](?:cut|edition)|final[\s.]cut|(?:extended|theatrical|unrated|uncut|special|remastered|restored|criterion|collector'?s|ultimate)[\s.](?:cut|edition|version)|criterion[\s.]collection|(?:\d{1,3}(?:th|st|nd|rd)[\s.])?anniversary[\s.]edition|open[\s.]matte))$/i;
const punctuation: ReadonlySet<string> = new Set(' \t\u00A0.,([{_:;/|-');

interface Titles {
  /** The one to show; null when there is none. */
  text: string | null;
  all: string[];
  edition: string | null;
  tag: string | null;
}

/** The titles in a name, whose first one ends at `end`; those between slashes may stand behind marks. */
function titlesOf(words: string, end: number): Titles {
  const { raw, tag } = withoutBracketedGroup(words.slice(0, end));
  const sides = raw.split(/\s[/|]\s/);
  const behind = words.slice(end).includes(' / ') ? words.slice(end).split(' / ').slice(1) : [];
  const cleaned = sides.map((side) => cleanTitle(sides.length > 1 ? headOf(side) : side));
  const names = cleaned.flatMap(({ text }) => (text === '' ? [] : namesIn(text)));
  const more = behind
    .slice(0, 4)
    .map((side) => cleanTitle(headOf(side)).text)
    .filter((text) => /\p{L}/u.test(text));
  // Of several the one that can be searched for with Latin letters.
  const text = names.find((name) => /[a-z]/i.test(name)) ?? names[0] ?? null;
  return {
    text,
    all: [...new Set([...names, ...cleaned.map(({ text: whole }) => whole), ...more])].filter(
      (name) => name !== '',
    ),
    edition: cleaned.find(({ edition }) => edition !== null)?.edition ?? null,
    tag,
  };
}

/** Of `[Group][Title][Other title]` the group apart. */
function withoutBracketedGroup(raw: string): { raw: string; tag: string | null } {
  if (!raw.startsWith('[')) return { raw, tag: null };
  const groups = [...raw.matchAll(/\[([^[\]]{1,100})\]/g)].map(([, content]) => content ?? '');
  const [tag, ...titles] = groups;
  if (tag === undefined || titles.length === 0 || isMark(tag)) return { raw, tag: null };
  if (raw.replaceAll(/\[[^[\]]{1,100}\]/g, '').trim() !== '') return { raw, tag: null };
  return { raw: titles.join(' / '), tag };
}

/** What stands ahead of the first bracket, unless the bracket comes first. */
function headOf(side: string): string {
  const at = side.search(/(?<=\S)\s?[([]/);
  return at > 0 ? side.slice(0, at) : side;
}

/** `One AKA Other`, and a title in two scripts: `深い地下室 Deep Cellar`. */
function namesIn(title: string): string[] {
  return title.split(/\s(?:AKA|aka|a\.k\.a\.?|A\.K\.A\.?)\s/).flatMap((name) => {
    const change =
      /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}])[\s·-]+(?=[A-Za-z])/u.exec(
        name,
      );
    if (!change || /[A-Za-z]/.test(name.slice(0, change.index)))
      return name.trim() === '' ? [] : [name.trim()];
    return [name.slice(change.index + change[0].length), name.slice(0, change.index)];
  });
}

function cleanTitle(raw: string): { text: string; edition: string | null } {
  const withSpaces = /\s/.test(raw.trim()) ? raw : raw.replaceAll('.', ' ');
  let name = trimmedEnd(withSpaces);
  let edition: string | null = null;
  // Brackets behind the title, and the edition that is named ahead of the year.
  for (let round = 0; round < 4; round++) {
    const bracket = name.length < 3 ? null : /(?<=\S)\s?[([]([^()[\]]{1,60})[)\]]$/.exec(name);
    const cut =
      bracket && isEdition(bracket[1] ?? '') ? bracket : (shouted.exec(name) ?? editionBehind.exec(name));
    if (!cut || cut.index === 0 || /^(?:the|an?)$/i.test(name.slice(0, cut.index))) break;
    edition ??= firstMark(markRules.edition, ` ${(cut[1] ?? '').replaceAll('.', ' ')} `);
    name = trimmedEnd(name.slice(0, cut.index));
  }
  const text = name.replace(/^[\s.,_|/-]+/, '').replaceAll(/\s+/g, ' ');
  return { text, edition };
}

/** Without the spaces, separators and open brackets at its end. */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && punctuation.has(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function isEdition(bracketed: string): boolean {
  return isMark(bracketed) || firstMark(markRules.edition, ` ${bracketed} `) !== null;
}

function groupOf(text: string, tag: string | null): string | null {
  if (tag !== null) return tag;
  const [, dashed, inBracket] =
    /-(?:([\p{L}\p{N}][\p{L}\p{N}.]{1,24})|\[([\p{L}\p{N}.]{2,24})\])$/u.exec(text) ?? [];
  const named = dashed ?? inBracket ?? /\[([\p{L}\p{N}][\p{L}\p{N}. -]{1,24})\]$/u.exec(text)?.[1];
  if (named === undefined || /^[0-9A-F]{8}$/.test(named) || /^\d+$/.test(named)) return null;
  return isMark(named) || /^(?:DL|HD(?:\..*)?|batch|\d{3,4}[pi])$/i.test(named) ? null : named;
}

function repairOf(marks: string): 'proper' | 'repack' | null {
  if (/(?<![a-z])proper(?![a-z])/i.test(marks)) return 'proper';
  return /(?<![a-z])(?:repack\d?|rerip)(?![a-z])|(?<=\d)v[2-4](?!\d)/i.test(marks) ? 'repack' : null;
}
