import type { Context } from 'hono';
import { Fixtures } from './fixtures.js';
import { StandIn } from './stand-in.js';
import type { LiveRelease } from './yts.stand-in.js';

/** A release that can really be fetched, under a name of its own. */
export interface TorznabRelease extends LiveRelease {
  torrentName: string;
}

/** Episodes of a season in one torrent. */
export interface TorznabPack
  extends Pick<TorznabRelease, 'torrentName' | 'infoHash' | 'imdbId' | 'sizeBytes' | 'torrentFile'> {
  season: number;
}

/** What the stand-in wants to be asked with. */
export const TORZNAB_KEY = 'demo-torznab-key-5f1c0d';
/** Where Jackett has the API of all its indexers. */
export const TORZNAB_PATH = '/api/v2.0/indexers/all/results/torznab';

/** In the demo world nobody has it: its hash is invented. */
const deadHash = '0123456789abcdef0123456789abcdef01234567';

/** A Torznab server that answers as Jackett does: films by IMDb id or by words, links that hold the key. */
export function createTorznabStandIn(
  releases: readonly TorznabRelease[],
  packs: readonly TorznabPack[] = [],
): StandIn {
  const fixtures = new Fixtures('torznab');
  const torrents = new Map(
    [...releases, ...packs].map(({ infoHash, torrentFile }) => [infoHash, torrentFile]),
  );
  return new StandIn({
    name: 'torznab',
    fixtures,
    addRoutes: (app, baseUrl) => {
      app.get(`${TORZNAB_PATH}/api`, (c) => {
        const { t, apikey, q = '', imdbid, season, ep } = c.req.query();
        if (t === 'caps') return xml(c, fixtures.text('caps.jackett.xml'));
        if (apikey !== TORZNAB_KEY) return xml(c, fixtures.text('error.100.xml'));
        const words = q.toLowerCase().split(/\s+/);
        const found = releases.filter(({ imdbId, torrentName }) =>
          t === 'tvsearch'
            ? season !== undefined && torrentName.includes(episodeCode(season, ep))
            : imdbid === undefined
              ? q !== '' && words.every((word) => torrentName.toLowerCase().includes(word))
              : imdbId === imdbid,
        );
        // A pack is of no episode: it comes when a whole season is asked for.
        const held = packs.filter((pack) => {
          const isSeason = t === 'tvsearch' && ep === undefined && String(pack.season) === season;
          return isSeason && pack.imdbId === imdbid;
        });
        const items = [
          ...(found.length === 0 ? [] : feed(found, baseUrl())),
          ...held.map((pack) => item({ title: pack.torrentName, ...pack, seeders: 12, baseUrl: baseUrl() })),
        ];
        return xml(c, items.length === 0 ? fixtures.text('empty.xml') : channel(items));
      });
      app.get('/dl/:hash', (c) => {
        const torrent = torrents.get(c.req.param('hash'));
        if (c.req.query('jackett_apikey') !== TORZNAB_KEY || torrent === undefined)
          return c.text('Not found', 404);
        return c.body(Uint8Array.from(torrent), 200, { 'content-type': 'application/x-bittorrent' });
      });
    },
    unknownPath: (c) => c.text('Not found', 404),
  });
}

/** `.S02E01.`; without an episode the beginning of all of the season. */
function episodeCode(season: string, episode: string | undefined): string {
  const two = (number: string) => number.padStart(2, '0');
  return episode === undefined ? `.S${two(season)}E` : `.S${two(season)}E${two(episode)}.`;
}

/** Each release, one of the same film that nobody has, and a program that pretends to be the film. */
function feed(releases: readonly TorznabRelease[], baseUrl: string): string[] {
  return releases.flatMap(({ torrentName, infoHash, sizeBytes, imdbId }, at) => [
    item({ title: torrentName, infoHash, sizeBytes, imdbId, seeders: 90, baseUrl }),
    ...(at > 0
      ? []
      : [
          item({
            title: torrentName.replace(/\.\d{3,4}p\./, '.720p.'),
            ...{ infoHash: deadHash, sizeBytes: Math.round(sizeBytes / 2), imdbId, seeders: 2, baseUrl },
          }),
          item({
            title: `${torrentName}.exe`,
            ...{ infoHash: deadHash.replace('0', 'f'), sizeBytes, imdbId, seeders: 900, baseUrl },
          }),
        ]),
  ]);
}

function channel(items: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:torznab="http://torznab.com/schemas/2015/feed"><channel><title>Open films</title>${items.join('')}</channel></rss>`;
}

function item(release: {
  title: string;
  infoHash: string;
  sizeBytes: number;
  imdbId: string;
  seeders: number;
  baseUrl: string;
}): string {
  const { title, infoHash, sizeBytes, imdbId, seeders, baseUrl } = release;
  const link = `${baseUrl}/dl/${infoHash}?jackett_apikey=${TORZNAB_KEY}&amp;file=${title}`;
  return `<item><title>${title}</title><guid>${baseUrl}/details/${infoHash}</guid>
<pubDate>Sat, 14 Mar 2026 17:10:42 +0000</pubDate><size>${sizeBytes}</size><link>${link}</link>
<enclosure url="${link}" length="${sizeBytes}" type="application/x-bittorrent" />
<torznab:attr name="imdbid" value="${imdbId}" /><torznab:attr name="infohash" value="${infoHash}" />
<torznab:attr name="seeders" value="${seeders}" /><torznab:attr name="peers" value="${seeders + 4}" /></item>`;
}

function xml(c: Context, body: string): Response {
  return c.body(body, 200, { 'content-type': 'application/rss+xml; charset=utf-8' });
}
