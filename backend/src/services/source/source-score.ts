import type { ReleaseName } from './release-name/release-name.js';

/** What a client can decode, by short names: h264, hevc, av1, vp9; aac, mp3, opus, ac3, eac3, dts, flac. */
export interface ClientCapabilities {
  containers: readonly string[];
  videoCodecs: readonly string[];
  audioCodecs: readonly string[];
  /** As it measured its line; null or left out when it did not. */
  bitsPerSecond?: number | null | undefined;
}

/** What about every browser can do. */
export const defaultCapabilities: ClientCapabilities = {
  containers: ['mp4', 'webm'],
  videoCodecs: ['h264', 'vp9', 'av1'],
  audioCodecs: ['aac', 'mp3', 'opus'],
};

/** For whom releases are ranked. */
export interface Viewer {
  capabilities: ClientCapabilities;
  /** Null when it was not measured. */
  bitsPerSecond: number | null;
  /** ISO 639-1 of the language liked best; null for the original. */
  language: string | null;
  /** Most lines of picture that are wanted, such as 1080; null for no limit. */
  maxLines: number | null;
}

export const anyViewer: Viewer = {
  capabilities: defaultCapabilities,
  bitsPerSecond: null,
  language: null,
  maxLines: null,
};

/**
 * Builds the viewer that both the list of releases and a play rank for, so that the two agree.
 * @param language of the account, such as `de` or `pt-BR`; null for the original
 */
export function viewerFor(capabilities: ClientCapabilities, language: string | null): Viewer {
  return {
    ...anyViewer,
    capabilities,
    bitsPerSecond: capabilities.bitsPerSecond ?? null,
    language: language?.slice(0, 2) ?? null,
  };
}

export interface ScoredRelease {
  infoHash: string;
  resolution: string | null;
  videoCodec: string | null;
  audioCodec: string | null;
  releaseType: string | null;
  sizeBytes: number | null;
  /** As trackers or indexers told last; null when nobody counted. */
  seeders: number | null;
  /** Servers that have it all (BEP 19). */
  webSeeds: readonly string[];
  /** Whether its list of files is known and checked already. */
  isDescribed: boolean;
}

/** What is known of the title itself. */
export interface ScoredTitle {
  runtimeSeconds: number | null;
  /** ISO 639-1. */
  originalLanguage: string | null;
}

export interface Score {
  /** Higher is better; only good for comparing within one answer. */
  score: number;
  /** Short, for people, what weighs most first. */
  reasons: string[];
}

interface Mark {
  points: number;
  reason: string | null;
}

const nothing: Mark = { points: 0, reason: null };

// The bands keep their order whatever else holds: a swarm that may live beats one that does not, and what the client
// can decode beats what it cannot (at least 500 points). Everything that is not a band adds up to less than that
// between two releases that somebody would want, and every rule has a test.
const bands = { alive: 6_000, unknown: 5_900, dead: 0 } as const;
const decodes = { directly: 1_000, perhaps: 800, otherContainer: 300, otherSound: 200, not: 0 } as const;

const resolutionPoints: Record<string, number> = {
  '1080p': 100,
  '2160p': 85,
  '1440p': 85,
  '720p': 70,
  '576p': 35,
  '480p': 30,
  '360p': 10,
};

const codecNames: Record<string, string> = {
  h264: 'H.264',
  hevc: 'HEVC',
  av1: 'AV1',
  vp9: 'VP9',
  mpeg4: 'MPEG-4',
  mpeg2: 'MPEG-2',
  vc1: 'VC-1',
  theora: 'Theora',
  aac: 'AAC',
  ac3: 'Dolby Digital',
  eac3: 'Dolby Digital Plus',
  dts: 'DTS',
  truehd: 'TrueHD',
  flac: 'FLAC',
  pcm: 'PCM',
  mp3: 'MP3',
  mp2: 'MP2',
  opus: 'Opus',
  vorbis: 'Vorbis',
};

/**
 * How good a release is for this viewer, and why. Pure: the same of the same.
 * @param name what its release name says; it fills in what the indexers do not tell
 */
export function scoreRelease(
  release: ScoredRelease,
  name: ReleaseName,
  title: ScoredTitle,
  viewer: Viewer,
): Score {
  const marks = [
    quality(release.resolution ?? name.resolution, viewer.maxLines),
    decoding(release, name, viewer.capabilities),
    swarm(release),
    { points: 0, reason: startReason(release) },
    language(name, title, viewer),
    bandwidth(release, title, viewer),
    stereoscopy(name),
    recording(release.releaseType ?? name.releaseType),
    size(release.sizeBytes),
    { points: name.repair === null ? 0 : 5, reason: null },
    { points: release.isDescribed ? 4 : 0, reason: null },
  ];
  return {
    score: marks.reduce((sum, { points }) => sum + points, 0),
    reasons: marks.flatMap(({ reason }) => reason ?? []),
  };
}

/** Best first. Total: no two releases with different info-hashes are equal, so the order never flickers. */
export function compareScored(a: Score & { infoHash: string }, b: Score & { infoHash: string }): number {
  return b.score - a.score || (a.infoHash < b.infoHash ? -1 : a.infoHash > b.infoHash ? 1 : 0);
}

function quality(resolution: string | null, maxLines: number | null): Mark {
  if (resolution === null) return { points: 40, reason: null };
  const tooMuch = maxLines !== null && Number.parseInt(resolution, 10) > maxLines;
  return { points: (resolutionPoints[resolution] ?? 40) - (tooMuch ? 150 : 0), reason: resolution };
}

function decoding(release: ScoredRelease, name: ReleaseName, client: ClientCapabilities): Mark {
  const video = release.videoCodec ?? name.videoCodec;
  const audio = release.audioCodec ?? name.audioCodec;
  const { container } = name;
  if (video !== null && !client.videoCodecs.includes(video)) {
    return { points: decodes.not, reason: `this browser cannot play ${codecNames[video] ?? video} video` };
  }
  // Ten bits of HEVC or AV1 are usual; of H.264 hardly any browser plays them.
  if (video === 'h264' && name.bitDepth === 10) {
    return { points: decodes.not, reason: 'this browser cannot play H.264 of 10 bits' };
  }
  if (audio !== null && !client.audioCodecs.includes(audio)) {
    return {
      points: decodes.otherSound,
      reason: `this browser cannot play ${codecNames[audio] ?? audio} sound`,
    };
  }
  if (container !== null && !client.containers.includes(container)) {
    return { points: decodes.otherContainer, reason: `this browser cannot open ${container} files` };
  }
  if (video === null || audio === null) return { points: decodes.perhaps, reason: null };
  return { points: decodes.directly, reason: 'plays directly' };
}

function swarm({ seeders, webSeeds }: ScoredRelease): Mark {
  // A server that has it all is as good as some seeders.
  if (webSeeds.length > 0 && (seeders ?? 0) < 5)
    return { points: bands.alive + 40, reason: 'from a server that has it all' };
  if (seeders === null) return { points: bands.unknown, reason: 'seeders not counted yet' };
  if (seeders === 0) return { points: bands.dead, reason: 'no seeders seen' };
  const points = bands.alive + Math.min(120, Math.round(15 * Math.log2(1 + seeders)));
  return { points, reason: seeders === 1 ? '1 seeder' : `${seeders} seeders` };
}

/** From what we measure of swarms: joining and the first piece take about a second, learning the list of files one more. */
function startReason(release: ScoredRelease): string | null {
  const seconds = secondsToStart(release);
  return seconds === null ? null : `starts in about ${seconds} s`;
}

/** Whole seconds from pressing play to a picture, as far as can be told beforehand; null when it cannot. */
export function secondsToStart({ seeders, webSeeds, isDescribed }: ScoredRelease): number | null {
  const sources = webSeeds.length > 0 ? Math.max(5, seeders ?? 0) : seeders;
  if (sources === null || sources === 0) return null;
  const joining = sources >= 20 ? 1 : sources >= 5 ? 2 : 5;
  return joining + (isDescribed ? 0 : 1);
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });

function language(name: ReleaseName, { originalLanguage }: ScoredTitle, viewer: Viewer): Mark {
  const wanted = viewer.language ?? originalLanguage;
  const spoken = name.languages.filter((code) => code !== 'multi');
  if (wanted === null || name.languages.length === 0) return nothing;
  if (spoken.includes(wanted))
    return {
      points: 60,
      reason: viewer.language === null ? null : `in ${languageNames.of(wanted) ?? wanted}`,
    };
  if (name.languages.includes('multi')) return { points: 20, reason: 'several languages' };
  return { points: -140, reason: `in ${spoken.map((code) => languageNames.of(code) ?? code).join(' and ')}` };
}

function bandwidth(
  { sizeBytes }: ScoredRelease,
  { runtimeSeconds }: ScoredTitle,
  { bitsPerSecond }: Viewer,
): Mark {
  if (sizeBytes === null || runtimeSeconds === null || runtimeSeconds <= 0 || bitsPerSecond === null)
    return nothing;
  const needed = (sizeBytes * 8) / runtimeSeconds;
  if (needed <= bitsPerSecond * 0.8) return nothing;
  return { points: -250, reason: `needs ${Math.ceil(needed / 1e6)} Mbit/s, more than this connection has` };
}

function stereoscopy({ is3d }: ReleaseName): Mark {
  return is3d ? { points: -300, reason: '3D, needs glasses' } : nothing;
}

function recording(releaseType: string | null): Mark {
  if (releaseType === 'cam') return { points: -250, reason: 'filmed in a cinema' };
  if (releaseType === 'screener') return { points: -50, reason: 'screener copy' };
  return nothing;
}

function size(bytes: number | null): Mark {
  if (bytes === null) return nothing;
  if (bytes < 5e6) return { points: -300, reason: 'too small to be a film' };
  if (bytes > 40e9) return { points: -60, reason: `very large, ${Math.round(bytes / 1e9)} GB` };
  return nothing;
}
