import { stat } from 'node:fs/promises';
import { addArchiveFiles, liveMetadata } from './archive-files.js';
import type { ArchiveItem } from './archive-item.js';
import { Fixtures, isObject, type JsonObject, objects, textOf } from './fixtures.js';
import { drawPicture } from './picture.js';
import { StandIn } from './stand-in.js';

/** The Internet Archive: search, item metadata, thumbnails. Its torrents have invented hashes, but that of `live`. */
export function createArchiveStandIn(live: ArchiveItem | null = null): StandIn {
  const fixtures = new Fixtures('archive');
  const items = ['advancedsearch.page-1.json', 'advancedsearch.page-2.json'].flatMap((file) => {
    const response = fixtures.object(file)['response'];
    return isObject(response) ? objects(response['docs']) : [];
  });
  return new StandIn({
    name: 'archive',
    fixtures,
    addRoutes: (app, baseUrl) => {
      if (live) {
        addArchiveFiles(app, live, baseUrl);
        app.get(`/metadata/${live.identifier}`, async (c) =>
          c.json(
            liveMetadata(
              fixtures.object(`metadata.${live.identifier}.json`),
              live,
              (await stat(live.filePath)).size,
            ),
          ),
        );
      }
      app.get('/advancedsearch.php', (c) => {
        const { q } = c.req.query();
        if (q === undefined || q === '') return c.json(fixtures.object('advancedsearch.error.json'));
        return c.json(search(items, c.req.query()));
      });
      app.get('/services/img/:identifier', (c) => {
        const picture = drawPicture(c.req.param('identifier'), { width: 180, height: 135 });
        return c.body(Uint8Array.from(picture), 200, { 'content-type': 'image/png' });
      });
    },
    // An unknown item is an empty object, not an error.
    unknownPath: (c) => (c.req.path.startsWith('/metadata/') ? c.json({}) : c.text('Not found', 404)),
  });
}

/** Of the query language only `title:(words)`, `identifier:name` and bare words are understood; the rest matches all. */
function search(items: readonly JsonObject[], query: Readonly<Record<string, string>>): JsonObject {
  const q = query['q'] ?? '';
  const title = /title:\(?"?([^()":]+)"?\)?/.exec(q)?.[1] ?? (q.includes(':') ? '' : q);
  const identifier = /identifier:\(?"?([\w-]+)/.exec(q)?.[1];
  const found = items.filter(
    (item) =>
      textOf(item['title']).toLowerCase().includes(title.trim().toLowerCase()) &&
      (identifier === undefined || item['identifier'] === identifier),
  );
  const rows = Math.max(0, Number(query['rows'] ?? 50) || 0);
  const start = (Math.max(1, Number(query['page'] ?? 1) || 1) - 1) * rows;
  const params = { query: q, qin: q, fields: '', wt: 'json', rows: String(rows), start };
  return {
    responseHeader: { status: 0, QTime: 3, params },
    response: { numFound: found.length, start, docs: found.slice(start, start + rows) },
  };
}
