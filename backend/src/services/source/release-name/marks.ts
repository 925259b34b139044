// The marks of a picture and its sound. Of each kind the first rule that fits counts, so the narrower ones come first.
import { isLanguageMark } from './languages.js';

export type MarkRule = readonly [value: string, pattern: RegExp];

/** A word of its own: between dots, spaces, dashes or brackets. */
const word = (pattern: string, flags = 'iu') =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, flags);

const sureWeb = 'web[ .-]?(?:dl[ .-]?rip|dl|rip|hd)(?:-avc)?|hd-?rip|vod-?rip';

const resolution: readonly MarkRule[] = [
  ['2160p', word('2160[pi]|4k|3840x2160')],
  ['1440p', word('1440p')],
  ['1080p', word('1080[pi]|1920x1080|fhd')],
  ['720p', word('720[pi]|1280x720')],
  ['576p', word('576[pi]')],
  ['480p', word('480[pi]|640x480')],
  ['360p', word('360p')],
  ['2160p', word('uhd')],
];

const videoCodec: readonly MarkRule[] = [
  ['hevc', word('[xh][ .]?265|hevc(?:10)?')],
  ['h264', word('[xh][ .]?264|avc')],
  ['av1', word('av1')],
  ['vp9', word('vp9')],
  ['mpeg4', word('xvid|divx')],
  ['mpeg2', word('mpeg-?2')],
  ['vc1', word('vc-?1')],
];

// Channels often follow without a gap: AAC5.1, DDP5.1.
const gap = '(?:[ .]?\\d[ .]\\d)?';
const audioCodec: readonly MarkRule[] = [
  ['truehd', word(`true-?hd${gap}`)],
  ['dts', word(`dts(?:[ .-]?(?:hd|x|es))?(?:[ .-]?(?:ma|hra))?${gap}`)],
  ['eac3', word(`e-?ac-?3d?${gap}|ddpa?${gap}`)],
  ['eac3', /(?<![\p{L}\p{N}])dd\+/iu],
  ['ac3', word(`ac-?3${gap}|dd[ .]?\\d[ .]\\d|dolby[ .]digital`)],
  ['flac', word(`flac${gap}`)],
  ['opus', word(`opus${gap}`)],
  ['aac', word(`(?:he-?)?q?aac${gap}`)],
  ['pcm', word(`l?pcm${gap}`)],
  ['mp3', word('mp3')],
  ['mp2', word('mp2')],
  // Alone it is most often the disc's.
  ['truehd', word('atmos')],
];

const releaseType: readonly MarkRule[] = [
  ['screener', word('(?:dvd|bd|web)?-?scr(?:eener)?|r5')],
  ['cam', word('(?:hd|hq)?-?cam(?:rip)?|hd[ .-]?ts|telesync|hd[ .-]?tc|telecine')],
  ['bluray', word('blu-?ray|bd-?rip|br-?rip|bd-?remux|bdmv|bd|micro-?hd')],
  ['hddvd', word('hd-?dvd')],
  ['web', word(sureWeb)],
  ['hdtv', word('[hpd]dtv|[hp]dtvrip|tv-?rip|sat-?rip')],
  ['vhs', word('vhs(?:-?rip)?')],
  ['dvd', word('dvd(?:[ .-]?rip|5|9|-?r)?')],
  ['web', word('web')],
];

const bitDepth: readonly MarkRule[] = [
  ['10', word('10[ .-]?bits?|hi10p?')],
  ['12', word('12[ .-]?bits?')],
  ['8', word('8[ .-]?bits?')],
];

const hdr: readonly MarkRule[] = [
  ['dv', word('dv|dovi|dolby[ .]?vision')],
  ['hdr10+', /(?<![\p{L}\p{N}])hdr10(?:\+|p(?:lus)?(?![\p{L}\p{N}]))/iu],
  ['hdr10', /(?<![\p{L}\p{N}])hdr10(?![\p{L}\p{N}+])/iu],
  ['hdr', word('hdr')],
  ['hlg', word('hlg')],
];

const edition: readonly MarkRule[] = [
  ['directors-cut', word("director'?s?[ .]?'?s?[ .]cut")],
  ['final-cut', word('final[ .]cut')],
  ['extended', word('extended(?:[ .](?:cut|edition))?')],
  ['unrated', word('unrated')],
  ['uncut', word('uncut')],
  ['theatrical', word('theatrical(?:[ .]cut)?')],
  ['remastered', word('(?:4k[ .])?remastered')],
  ['imax', word('imax')],
  ['criterion', word('criterion')],
  ['open-matte', word('open[ .]matte')],
  ['anniversary', word('anniversary')],
  ['special', word('special[ .]edition')],
  ['restored', word('restored|restoration')],
  ['colorized', word('colou?rized')],
];

export const markRules = { resolution, videoCodec, audioCodec, releaseType, bitDepth, hdr, edition } as const;

export function firstMark(rules: readonly MarkRule[], text: string): string | null {
  return rules.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

export function audioOf(marks: string): string | null {
  return firstMark(audioCodec, marks);
}

/** Speakers, as `5.1`. Written with a dot anywhere, with a space after a codec, or as a count: `6CH`. */
export function channelsOf(marks: string): string | null {
  const dotted = /(?<!\d|(?<![\p{L}\p{N}])\d\.)([1-9]\.[0-2])(?!\d|\.\d\.)/u.exec(marks)?.[1];
  const layout =
    dotted ??
    /(?:aac|flac|dd\+?p?|ac3|dts(?:-hd)?(?:[ .]ma)?|truehd|opus|pcm) ?([1-9]) ([0-2])(?!\d)/i
      .exec(marks)
      ?.slice(1, 3)
      .join('.');
  if (layout !== undefined && layouts.has(layout)) return layout;
  const count = /(?<![\p{L}\p{N}])([268])[ .-]?ch(?![\p{L}\p{N}])/iu.exec(marks)?.[1];
  return count === undefined ? null : ({ '2': '2.0', '6': '5.1', '8': '7.1' }[count] ?? null);
}

const layouts: ReadonlySet<string> = new Set(['1.0', '2.0', '2.1', '4.0', '5.0', '5.1', '6.1', '7.1', '9.1']);

/** Marks that no title holds by chance. */
const sure = word(
  [
    '(?:2160|1440|1080|720|576|480|360)[pi]|1920x1080|1280x720|640x480|fhd|4k|uhd',
    '[xh][ .]?26[45]|hevc|avc|av1|vp9|xvid|divx|mpeg-?2|vc-1',
    `blu-?ray|bd-?rip|br-?rip|bd-?remux|remux|hd-?dvd|${sureWeb}|[hp]dtv|vhs-?rip|dvd-?rip|dvd-?scr(?:eener)?|dvd[59]|micro-?hd|hdcam|hdts|telesync`,
    'ac3|ddp?[ .]?\\d\\.\\d|dts(?:-hd)?|truehd|eac3|aac(?:2\\.0|5\\.1)?',
    'multi-?subs?|dual[ -]audio|vostfr|truefrench|dublado|legendado',
  ].join('|'),
  'iu',
);

/** Where the first sure mark from `from` on begins; Infinity when there is none. */
export function markStart(text: string, from: number): number {
  const at = text.slice(from).search(sure);
  return at === -1 ? Infinity : at + from;
}

const other =
  /^(?:repack\d?|proper|real|rerip|internal|limited|complete|remux|multi-?subs?|hc|sdr|3d|\d{1,2}bit|amzn|nf|dsnp|atmos|edition|batch|end|raw|subs?|ld|md|line)$/i;

/** Whether a word or bracket alone is a mark, and so no group and no title. */
export function isMark(text: string): boolean {
  const alone = text.trim();
  const kinds = [resolution, videoCodec, audioCodec, releaseType, hdr, edition, bitDepth];
  return (
    other.test(alone) ||
    isLanguageMark(alone) ||
    kinds.some((rules) => rules.some(([, pattern]) => pattern.exec(alone)?.[0].length === alone.length)) ||
    sure.test(alone)
  );
}
