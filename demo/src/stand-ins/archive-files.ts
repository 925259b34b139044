import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Context, Hono } from 'hono';
import { webSeededTorrent } from '../swarm/torrent-file.js';
import type { ArchiveItem } from './archive-item.js';
import { type JsonObject, objects, textOf } from './fixtures.js';

/** The files of an item, as the Archive serves them: the front redirects to a node, and the node takes ranges. */
export function addArchiveFiles(app: Hono, item: ArchiveItem, baseUrl: () => string): void {
  const { identifier, folder, info } = item;
  app.get(`/download/${identifier}/*`, (c) => {
    const name = nameIn(c, `/download/${identifier}/`);
    if (name === `${identifier}_archive.torrent`) {
      const torrent = webSeededTorrent(info, [`${baseUrl()}/download/`, `${baseUrl()}/7/items/`]);
      return c.body(Uint8Array.from(torrent), 200, { 'content-type': 'application/x-bittorrent' });
    }
    return c.redirect(`/7/items/${identifier}/${name.split('/').map(encodeURIComponent).join('/')}`, 302);
  });
  app.get(`/7/items/${identifier}/*`, async (c) => {
    const name = nameIn(c, `/7/items/${identifier}/`);
    // Written anew since the torrent was made, as happens there.
    if (name.endsWith('_meta.xml')) return c.text('<metadata><title>Charade</title><updated/></metadata>');
    const path = join(folder, name);
    const size = name.includes('..')
      ? null
      : await stat(path).then(
          (file) => file.size,
          () => null,
        );
    return size === null ? c.text('Not found', 404) : rangeOf(path, size, c.req.header('range'));
  });
}

/** The item's metadata, with the hash and sizes of what can be fetched. */
export function liveMetadata(fixture: JsonObject, { infoHash }: ArchiveItem, filmBytes: number): JsonObject {
  const files = objects(fixture['files']).map((file): JsonObject => {
    if (textOf(file['format']) === 'Archive BitTorrent') return { ...file, btih: infoHash };
    return textOf(file['name']) === 'Charade.mp4' ? { ...file, size: String(filmBytes) } : file;
  });
  return { ...fixture, files };
}

function nameIn(c: Context, prefix: string): string {
  return decodeURIComponent(new URL(c.req.url).pathname).slice(prefix.length);
}

function rangeOf(path: string, size: number, header: string | undefined): Response {
  const [, first, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = last === '' ? size - 1 : Math.min(size - 1, Number(last));
  if (start > end)
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } });
  const body = Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream<Uint8Array>;
  const headers = { 'content-length': String(end - start + 1), 'accept-ranges': 'bytes' };
  return first === undefined
    ? new Response(body, { status: 200, headers })
    : new Response(body, {
        status: 206,
        headers: { ...headers, 'content-range': `bytes ${start}-${end}/${size}` },
      });
}
