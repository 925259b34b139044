import type { FoundRelease } from '../../services/source/indexer.port.js';
import { unknownRelease } from '../unknown-release.js';
import type { ArchiveFile, ArchiveItem } from './internet-archive.schemas.js';

/** In the order a player likes them; the sound of each is known by the Archive's own recipes. */
const formats: readonly (readonly [format: RegExp, video: string, audio: string | null])[] = [
  [/^h\.264(?: IA)?$/i, 'h264', 'aac'],
  [/^(?:512Kb )?MPEG4$/i, 'h264', 'aac'],
  [/^Matroska$/i, '', null],
  [/^Ogg Video$/i, 'theora', 'vorbis'],
  [/^MPEG2$/i, 'mpeg2', null],
];

/** The release an item is, when it may be offered and has a torrent. Being uploaded there proves no rights: only a free licence does. */
export function toRelease(item: ArchiveItem, baseUrl: string): FoundRelease | null {
  const { metadata, files } = item;
  if (!metadata || item.is_dark || metadata['access-restricted-item'].includes('true')) return null;
  if (!metadata.licenseurl.some(isFree)) return null;
  const torrent = files.find(({ format, btih }) => format === 'Archive BitTorrent' && btih);
  const best = bestOf(files);
  if (!torrent?.btih || !best) return null;
  const { identifier } = metadata;
  const { file, video, audio } = best;
  const year = yearOf(metadata.year[0] ?? metadata.date[0]);
  const resolution = resolutionOf(file.height ?? null);
  const title = (metadata.title[0] ?? identifier).slice(0, 200);
  const link = `${baseUrl}/download/${encodeURIComponent(identifier)}/${torrent.name.split('/').map(encodeURIComponent).join('/')}`;
  return {
    ...unknownRelease,
    infoHash: torrent.btih,
    title: [year === null ? title : `${title} (${year})`, resolution].filter(Boolean).join(' '),
    resolution,
    videoCodec: video === '' ? null : video,
    audioCodec: audio,
    sizeBytes: file.size ?? null,
    torrentUrl: link,
    // Its torrents are served from here, hardly by peers: nobody counted is no sign of death.
    webSeeds: [`${baseUrl}/download/`],
    uploadedAt: dateOf(metadata.publicdate[0]),
    imdbId:
      metadata['external-identifier'].flatMap((id) => /^urn:imdb:(tt\d{7,9})$/.exec(id)?.[1] ?? [])[0] ??
      null,
  };
}

/** A public-domain mark, CC0 or a Creative Commons licence. */
export function isFree(url: string): boolean {
  return /^https?:\/\/(?:www\.)?creativecommons\.org\/(?:publicdomain|licenses|licences)\//i.test(url);
}

function bestOf(
  files: readonly ArchiveFile[],
): { file: ArchiveFile; video: string; audio: string | null } | null {
  for (const [format, video, audio] of formats) {
    const fitting = files.filter((file) => format.test(file.format));
    const [file] = fitting.sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
    if (file) return { file, video, audio };
  }
  return null;
}

function resolutionOf(height: number | null): string | null {
  if (height === null) return null;
  return (
    [2160, 1440, 1080, 720, 576, 480, 360]
      .find((step) => height >= step * 0.9)
      ?.toString()
      .concat('p') ?? null
  );
}

function yearOf(text: string | undefined): number | null {
  const year = /^(\d{4})/.exec(text ?? '')?.[1];
  return year === undefined ? null : Number(year);
}

function dateOf(text: string | undefined): Date | null {
  const date = new Date(`${(text ?? '').replace(' ', 'T')}Z`.replace(/ZZ$/, 'Z'));
  return Number.isNaN(date.getTime()) ? null : date;
}
