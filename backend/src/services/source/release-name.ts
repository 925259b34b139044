/** What a release name tells. Unknown is null. */
export interface ReleaseName {
  resolution: string | null;
  videoCodec: string | null;
  audioCodec: string | null;
  audioChannels: string | null;
  releaseType: string | null;
  /** mkv, mp4, avi, webm: when the name ends in a file's extension. */
  container: string | null;
  group: string | null;
  is3d: boolean;
  isRepack: boolean;
}

type Rule = readonly [value: string, pattern: RegExp];

// Tokens stand between dots, spaces, dashes or brackets. The first rule that fits counts, so the narrower ones come first.
const token = (pattern: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'iu');

const resolutions: readonly Rule[] = [
  ['2160p', token('2160[pi]|4k|uhd')],
  ['1440p', token('1440p')],
  ['1080p', token('1080[pi]|1920x1080|fhd')],
  ['720p', token('720p|1280x720')],
  ['576p', token('576[pi]')],
  ['480p', token('480[pi]|640x480')],
  ['360p', token('360p')],
];

const videoCodecs: readonly Rule[] = [
  ['hevc', token('[xh][ .]?265|hevc')],
  ['h264', token('[xh][ .]?264|avc')],
  ['av1', token('av1')],
  ['vp9', token('vp9')],
  ['mpeg4', token('xvid|divx')],
  ['mpeg2', token('mpeg-?2')],
  ['vc1', token('vc-?1')],
];

// Channels often follow without a gap: AAC5.1, DDP5.1.
const audioCodecs: readonly Rule[] = [
  ['truehd', token('true-?hd(?:[ .]?\\d\\.\\d)?|atmos')],
  ['dts', token('dts(?:-?(?:hd|x|es))?(?:[ .-]?ma)?(?:[ .]?\\d\\.\\d)?')],
  ['eac3', token('e-?ac-?3|(?:ddp|dd\\+)(?:[ .]?a?\\d\\.\\d)?|dd\\+')],
  ['ac3', token('ac-?3|dd[ .]?\\d\\.\\d|dolby[ .]digital')],
  ['aac', token('(?:he-?)?aac(?:[ .]?\\d\\.\\d)?')],
  ['opus', token('opus(?:[ .]?\\d\\.\\d)?')],
  ['flac', token('flac(?:[ .]?\\d\\.\\d)?')],
  ['mp3', token('mp3')],
];

const releaseTypes: readonly Rule[] = [
  ['cam', token('(?:hd)?cam(?:rip)?|hd-?ts|telesync|hdtc|telecine')],
  ['screener', token('(?:dvd|bd|web)?scr(?:eener)?')],
  ['bluray', token('blu-?ray|bd-?rip|br-?rip|bd-?remux|bdmv')],
  ['web', token('web(?:-?(?:dl|rip))?')],
  ['hdtv', token('[hp]dtv|tv-?rip')],
  ['dvd', token('dvd(?:[ -]?rip|5|9|r)?')],
];

const channelsPattern = /(?<!\d)(1\.0|2\.[01]|4\.0|5\.[01]|6\.1|7\.1)(?!\d)/;
const maxLength = 300;

/** Reads the usual marks out of a release name, such as `Some.Film.2010.1080p.BluRay.x264.AAC5.1-GROUP.mkv`. Total: any text gives an answer. */
export function parseReleaseName(name: string): ReleaseName {
  const text = name.slice(0, maxLength);
  const container = /\.(mkv|mp4|m4v|avi|webm)$/i.exec(text)?.[1]?.toLowerCase() ?? null;
  const marks = marksOf(container === null ? text : text.slice(0, -(container.length + 1)));
  return {
    resolution: firstMatch(resolutions, marks),
    videoCodec: firstMatch(videoCodecs, marks),
    audioCodec: firstMatch(audioCodecs, marks),
    audioChannels: channelsPattern.exec(marks)?.[1] ?? null,
    releaseType: firstMatch(releaseTypes, marks),
    container,
    group: /-([A-Za-z0-9]{2,20})(?:\[[^\]]{1,20}\])?$/.exec(marks)?.[1] ?? null,
    is3d: token('3d|h-?sbs|half-?sbs|half-?ou|h-?ou').test(marks),
    isRepack: token('repack\\d?|proper|rerip').test(marks),
  };
}

/** What follows the year: before it stands the title, in which "Web", "Cam" or "3D" are words like any other. */
function marksOf(text: string): string {
  const years = [...text.matchAll(/(?<![\p{L}\p{N}])(?:19|20)\d\d(?![\p{L}\p{N}])/gu)];
  const last = years.findLast(({ index }) => index > 0);
  return last ? text.slice(last.index + 4) : text;
}

function firstMatch(rules: readonly Rule[], text: string): string | null {
  return rules.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
