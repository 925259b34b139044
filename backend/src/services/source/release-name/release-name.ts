import { languagesIn, subtitlesIn } from './languages.js';
import { audioOf, channelsOf, firstMark, isMark, markRules, markStart } from './marks.js';
import { type Numbering, numberingOf } from './numbering.js';

/** What a release name tells. Unknown is null, none is empty. */
export interface ReleaseName {
  title: string | null;
  year: number | null;
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
}

const maxLength = 300;

/**
 * Reads the usual marks out of a release name, such as `Some.Film.2010.1080p.BluRay.x264.AAC5.1-GROUP.mkv`. Pure and
 * total: any text gives an answer, in time linear in its length. How right it is: `backend/docs/sources.md`.
 */
export function parseReleaseName(name: string): ReleaseName {
  const { text, container, tag } = bare(name.slice(0, maxLength).normalize('NFC'));
  const words = text.replaceAll('_', ' ');
  const numbering = numberingOf(words);
  const year = yearOf(words, numbering);
  const titleEnd = endOfTitle(words, numbering, year);
  const marks = marksOf(words, titleEnd, numbering);
  const title = cleanTitle(words.slice(0, titleEnd));
  const audioCodec = audioOf(marks);
  return {
    title: title.text,
    year: year?.value ?? null,
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
    group: groupOf(words, tag),
    repair: repairOf(marks),
    is3d: /(?<![a-z0-9])(?:3d|h-?sbs|half-?sbs|half-?ou|h-?ou)(?![a-z0-9])/i.test(marks),
    container,
    seasons: numbering.seasons,
    episodes: numbering.episodes,
    absolute: numbering.absolute,
    airDate: numbering.airDate,
    isComplete: numbering.isComplete,
  };
}

const extension = /\.(mkv|mp4|m4v|avi|webm|mov|ts|m2ts|mpg|mpeg|ogv|wmv)$/i;
/** Where a copy was fetched from, put before or after the name by those who pass it on. */
const siteBefore = /^(?:\[\s*www\.[^\]]{1,60}\]|www\.[\w.-]{1,60}?\.[a-z]{2,6}(?=\s))[\s-]*/i;
const siteAfter = /\s?\[(?:rartv|rarbg|eztv[\w.]{0,6}|tgx|ettv|ion10|prt)\]$/i;
const groupBefore = /^\[([^\]]{2,30})\][ _]?(?=[^[\s_])/;

function bare(name: string): { text: string; container: string | null; tag: string | null } {
  const container = extension.exec(name)?.[1]?.toLowerCase() ?? null;
  const text = (container === null ? name : name.slice(0, -(container.length + 1)))
    .trim()
    .replace(siteBefore, '')
    .replace(siteAfter, '');
  const tag = groupBefore.exec(text);
  if (tag?.[1] === undefined || isMark(tag[1])) return { text, container, tag: null };
  return { text: text.slice(tag[0].length), container, tag: tag[1] };
}

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
    const word = /[^\s.[\]()]+[\s.[\]()]*$/.exec(rest.slice(0, start));
    if (!word || !isMark(word[0].replaceAll(/[\s.[\]()]+$/g, ''))) break;
    start = word.index;
  }
  return ` ${before} ${rest.slice(start)}`;
}

const shouted = /[\s.]+(EXTENDED|UNRATED|UNCUT|REMASTERED|THEATRICAL|IMAX|PROPER|REPACK)\s*$/;

function cleanTitle(raw: string): { text: string | null; edition: string | null } {
  const withSpaces = /\s/.test(raw.trim()) ? raw : raw.replaceAll('.', ' ');
  // Of `Local name / Name` the one that can be searched for with Latin letters.
  const names = withSpaces.split(/\s[/|]\s/).filter((part) => part.trim() !== '');
  const name = names.find((part) => /[a-z]/i.test(part)) ?? names[0] ?? '';
  const cut = shouted.exec(name.replaceAll(/[\s.([{-]+$/g, ''));
  const text = (cut ? name.slice(0, cut.index) : name)
    .replaceAll(/[\s([{_.,:;/|-]+$|^[\s.,_|/-]+/g, '')
    .replaceAll(/\s+/g, ' ');
  const edition = cut?.[1] ? firstMark(markRules.edition, ` ${cut[1]} `) : null;
  return { text: text === '' ? null : text, edition };
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
