import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';
import { list, onOff, port, size } from './setting-values.js';

/** Uploaded over downloaded. */
const ratio = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})?$/)
  .transform(Number);

const quietHours = z
  .string()
  .regex(/^([01]?\d|2[0-3]):[0-5]\d\s*-\s*([01]?\d|2[0-3]):[0-5]\d$/)
  .transform((text) => {
    const [from = 0, to = 0] = text.split('-').map((time) => {
      const [hours = 0, minutes = 0] = time.split(':').map(Number);
      return hours * 60 + minutes;
    });
    return { from, to };
  });

const stunServer = z.string().regex(/^stuns?:[a-z0-9.-]+(:\d{1,5})?$/i);
const trackerUrl = z.url({ protocol: /^(https?|udp|wss?)$/ });

const publicTrackers = [
  'udp://tracker.opentrackr.org:1337/announce',
  'udp://explodie.org:6969/announce',
  'udp://tracker.torrent.eu.org:451/announce',
  'udp://open.demonii.com:1337/announce',
];

/** How peers are found, what is asked of them and what is given back. */
export const torrentSettings = {
  TORRENT_PORT: setting({
    title: 'Peer port',
    meaning: 'Port for peers; any free one if unset',
    allowed: 'a number from 0 to 65535',
    group: 'torrents',
    schema: port.optional(),
  }),
  TORRENT_DHT: setting({
    title: 'DHT',
    meaning: 'Find peers through the DHT',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(true),
  }),
  TORRENT_TRACKERS: setting({
    title: 'Trackers',
    meaning: 'Trackers asked for every torrent that is not private',
    allowed: 'udp, http, https, ws or wss addresses, separated by commas',
    group: 'torrents',
    live: true,
    schema: list(trackerUrl)
      .optional()
      .transform((value) => value ?? publicTrackers),
  }),
  TORRENT_FETCH_WHOLE: setting({
    title: 'Fetch whole films',
    meaning:
      'Fetch the rest of a film too while somebody watches it, when the viewers have enough ahead and storage has room for all of it',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(true),
  }),
  TORRENT_DOWNLOAD_LIMIT: setting({
    title: 'Download limit',
    meaning: 'Download from peers, per second',
    allowed: 'a size such as 500KB or 2MB',
    group: 'torrents',
    live: true,
    unit: 'bytes',
    schema: size.optional(),
  }),
  TORRENT_UPLOAD_LIMIT: setting({
    title: 'Upload limit',
    meaning: 'Upload to peers, per second',
    allowed: 'a size such as 500KB or 2MB',
    group: 'torrents',
    live: true,
    unit: 'bytes',
    schema: size.optional(),
  }),
  SEED_RATIO_TITLE: setting({
    title: 'Ratio goal of a title',
    meaning:
      'How much of a title is given back before only peers that send to us are given more; no end if unset',
    allowed: 'uploaded over downloaded, such as 1 or 1.5',
    group: 'torrents',
    live: true,
    schema: ratio.optional(),
  }),
  SEED_RATIO_TOTAL: setting({
    title: 'Ratio goal in all',
    meaning: 'The same over all titles since the engine started',
    allowed: 'uploaded over downloaded, such as 1 or 1.5',
    group: 'torrents',
    live: true,
    schema: ratio.optional(),
  }),
  SEED_QUIET_HOURS: setting({
    title: 'Quiet hours',
    meaning: 'When nothing is uploaded, by the clock of the server',
    allowed: 'two times of day, such as 23:00-07:00',
    group: 'torrents',
    live: true,
    schema: quietHours.optional(),
  }),
  TORRENT_WEBRTC: setting({
    title: 'WebRTC peers',
    meaning:
      'Speak to WebRTC peers too, such as browsers, found through WebSocket trackers; never while a tunnel or the lack of one confines torrents',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(false),
  }),
  TORRENT_STUN_SERVERS: setting({
    title: 'STUN servers',
    meaning: 'Servers that tell the torrent engine its own address, for WebRTC peers behind routers',
    allowed: 'addresses such as stun:stun.example.org:3478, separated by commas',
    group: 'torrents',
    schema: list(stunServer)
      .optional()
      .transform((value) => value ?? []),
  }),
  TORRENT_ALLOW_PRIVATE_PEERS: setting({
    title: 'Private peers',
    meaning: 'Let the torrent engine talk to loopback and private addresses',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(false),
  }),
};
