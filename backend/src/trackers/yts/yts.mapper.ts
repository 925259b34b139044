import { isSameTitle } from '../../services/source/identity/title-match.js';
import type { FoundRelease, WantedTitle } from '../../services/source/indexer.port.js';
import type { YtsMovie, YtsTorrent } from './yts.schemas.js';

/**
 * Releases of the wanted film, and of no other: the lookup is a text search, so what it finds is compared.
 * @param mirror whose answer it is; links to other hosts are dropped
 */
export function toReleases(movies: readonly YtsMovie[], wanted: WantedTitle, mirror: URL): FoundRelease[] {
  const releases = movies
    .filter((movie) => isWanted(movie, wanted))
    .flatMap((movie) => movie.torrents.map((torrent) => toRelease(movie, torrent, mirror)));
  return [...new Map(releases.map((release) => [release.infoHash, release])).values()];
}

function isWanted(movie: YtsMovie, wanted: WantedTitle): boolean {
  if (wanted.imdbId !== null) return movie.imdb_code === wanted.imdbId;
  if (wanted.year === null || movie.year !== wanted.year) return false;
  return [movie.title, movie.title_english ?? ''].some(
    (title) => isSameTitle(title, wanted.title) || isSameTitle(title, wanted.originalTitle),
  );
}

function toRelease(movie: YtsMovie, torrent: YtsTorrent, mirror: URL): FoundRelease {
  const videoCodec = videoCodecs[torrent.video_codec?.toLowerCase() ?? ''] ?? null;
  return {
    infoHash: torrent.hash,
    title: titleOf(movie, torrent),
    resolution: /^\d{3,4}p$/.exec(torrent.quality ?? '')?.[0] ?? null,
    videoCodec,
    // Not told by the API; releases of this kind carry AAC.
    audioCodec: 'aac',
    audioChannels: /^[1-9]\.[0-4]$/.exec(torrent.audio_channels ?? '')?.[0] ?? null,
    releaseType: torrent.type?.toLowerCase().slice(0, 16) ?? null,
    sizeBytes: torrent.size_bytes === 0 ? null : torrent.size_bytes,
    seeders: torrent.seeds,
    leechers: torrent.peers,
    torrentUrl: ownLink(torrent.url, mirror),
    announce: [],
    webSeeds: [],
    imdbId: movie.imdb_code,
    uploadedAt: uploadedAt(torrent.date_uploaded_unix),
  };
}

const videoCodecs: Record<string, string> = {
  x264: 'h264',
  h264: 'h264',
  x265: 'hevc',
  h265: 'hevc',
  hevc: 'hevc',
  av1: 'av1',
};
const typeNames: Record<string, string> = { web: 'WEB', bluray: 'BluRay', dvd: 'DVD', cam: 'CAM' };

/** The API gives no release name; this says the same as one would, in its usual words. */
function titleOf(movie: YtsMovie, torrent: YtsTorrent): string {
  const name = (movie.title_english ?? movie.title).slice(0, 200);
  const marks = [
    torrent.is_repack === undefined ? null : 'REPACK',
    torrent.quality,
    typeNames[torrent.type?.toLowerCase() ?? ''] ?? torrent.type,
    torrent.bit_depth === '10' ? '10bit' : null,
    torrent.video_codec,
    'AAC',
    torrent.audio_channels,
  ];
  const told = marks.flatMap((mark) => mark?.slice(0, 12) ?? []);
  return [movie.year ? `${name} (${movie.year})` : name, ...told].join(' ');
}

/** A link is kept when it leads back to the mirror that gave it: an answer may not send us elsewhere. */
function ownLink(link: string | null, mirror: URL): string | null {
  if (link === null || link.length > 2_000 || !URL.canParse(link)) return null;
  const url = new URL(link);
  const isOwn =
    /^https?:$/.test(url.protocol) &&
    url.hostname === mirror.hostname &&
    url.username === '' &&
    url.password === '';
  return isOwn ? url.href : null;
}

function uploadedAt(seconds: number | null): Date | null {
  if (seconds === null || seconds === 0 || seconds > 4e9) return null;
  return new Date(seconds * 1000);
}
