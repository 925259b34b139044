import { parseReleaseName } from './release-name/release-name.js';

/** What a client can decode, by short names: h264, hevc, av1, vp9; aac, mp3, opus, ac3, eac3, dts, flac. */
export interface ClientCapabilities {
  containers: readonly string[];
  videoCodecs: readonly string[];
  audioCodecs: readonly string[];
}

/** What about every browser can do. */
export const defaultCapabilities: ClientCapabilities = {
  containers: ['mp4', 'webm'],
  videoCodecs: ['h264', 'vp9', 'av1'],
  audioCodecs: ['aac', 'mp3', 'opus'],
};

export interface ScoredRelease {
  infoHash: string;
  title: string;
  resolution: string | null;
  videoCodec: string | null;
  audioCodec: string | null;
  releaseType: string | null;
  sizeBytes: number | null;
  seeders: number | null;
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

// The bands keep their order whatever else holds: a swarm that lives beats one that does not, and what the
// client can decode (400 points) beats what it cannot (150 or less). Resolution, swarm and repack together make up
// at most 225 points of difference.
const bands = { alive: 2_000, unknown: 1_500, dead: 0 } as const;

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
  aac: 'AAC',
  ac3: 'Dolby Digital',
  eac3: 'Dolby Digital Plus',
  dts: 'DTS',
  truehd: 'TrueHD',
  flac: 'FLAC',
  mp3: 'MP3',
  opus: 'Opus',
};

/** How good a release is for this client, and why. Pure. */
export function scoreRelease(release: ScoredRelease, capabilities: ClientCapabilities): Score {
  const name = parseReleaseName(release.title);
  const marks = [
    quality(release.resolution ?? name.resolution),
    decoding(release, name.container, capabilities),
    swarm(release.seeders),
    stereoscopy(name.is3d),
    recording(release.releaseType ?? name.releaseType),
    size(release.sizeBytes),
    { points: name.repair !== null ? 5 : 0, reason: null },
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

function quality(resolution: string | null): Mark {
  if (resolution === null) return { points: 40, reason: null };
  return { points: resolutionPoints[resolution] ?? 40, reason: resolution };
}

function decoding(release: ScoredRelease, container: string | null, client: ClientCapabilities): Mark {
  const { videoCodec, audioCodec } = release;
  if (videoCodec !== null && !client.videoCodecs.includes(videoCodec)) {
    return { points: 0, reason: `this browser cannot play ${codecNames[videoCodec] ?? videoCodec} video` };
  }
  if (audioCodec !== null && !client.audioCodecs.includes(audioCodec)) {
    return {
      points: 100,
      reason: `this browser cannot play ${codecNames[audioCodec] ?? audioCodec} sound`,
    };
  }
  if (container !== null && !client.containers.includes(container)) {
    return { points: 150, reason: `this browser cannot open ${container} files` };
  }
  if (videoCodec === null || audioCodec === null) return { points: 300, reason: null };
  return { points: 400, reason: 'plays directly in this browser' };
}

function swarm(seeders: number | null): Mark {
  if (seeders === null) return { points: bands.unknown, reason: 'seeders not counted yet' };
  if (seeders === 0) return { points: bands.dead, reason: 'no seeders seen' };
  const points = bands.alive + Math.min(120, Math.round(15 * Math.log2(1 + seeders)));
  return { points, reason: seeders === 1 ? '1 seeder' : `${seeders} seeders` };
}

function stereoscopy(is3d: boolean): Mark {
  return is3d ? { points: -300, reason: '3D, needs glasses' } : { points: 0, reason: null };
}

function recording(releaseType: string | null): Mark {
  if (releaseType === 'cam') return { points: -250, reason: 'filmed in a cinema' };
  if (releaseType === 'screener') return { points: -50, reason: 'screener copy' };
  return { points: 0, reason: null };
}

function size(bytes: number | null): Mark {
  if (bytes === null) return { points: 0, reason: null };
  if (bytes < 5e6) return { points: -300, reason: 'too small to be a film' };
  if (bytes > 40e9) return { points: -60, reason: `very large, ${Math.round(bytes / 1e9)} GB` };
  return { points: 0, reason: null };
}
