// Guards around the library that meets WebRTC peers at WebSocket trackers. Trackers pass on what strangers say of where they
// are; the native part that connects knows nothing of which addresses may be reached, so that only those are told to it.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import WebSocketTracker, { type WebRtcPeer } from 'bittorrent-tracker/websocket-tracker';
import { z } from 'zod';
import { publicLookup } from './network-guard.js';
import { withoutPrivate } from './session-description.js';

/** Longest message of a tracker, bytes. */
const maxMessageBytes = 256 * 1024;
/** Peers that may be connecting at once through one tracker. */
const maxOffers = 20;
/** Milliseconds after which an offer counts no more. */
const offerMs = 60_000;

const session = z.object({ type: z.enum(['offer', 'answer']), sdp: z.string().max(16_384) });
const bytes = z.string().max(64);
/** What a tracker says of peers and of when it is asked again. */
const announcementSchema = z.object({
  action: z.enum(['announce', 'scrape']),
  info_hash: bytes,
  peer_id: bytes.optional(),
  offer: session.optional(),
  answer: session.optional(),
  offer_id: bytes.optional(),
  interval: z.number().optional(),
  'min interval': z.number().optional(),
  'tracker id': z.string().max(1_000).optional(),
  'failure reason': z.string().max(1_000).optional(),
  complete: z.number().optional(),
  incomplete: z.number().optional(),
});

export interface WebRtcSettings {
  /** Servers that tell us our own address (RFC 8489), as `stun:host:port`; without them peers behind routers rarely meet us. */
  stunServers: readonly string[];
}

/** What the library that asks trackers is told. */
export function webRtcOptions({ stunServers }: WebRtcSettings, allowPrivatePeers: boolean): object {
  const rtcConfig = { iceServers: stunServers.map((urls) => ({ urls })) };
  if (allowPrivatePeers) return { rtcConfig };
  // Only WebSockets take these: everything else has the guard of the process.
  const proxyOpts = {
    httpAgent: new HttpAgent({ lookup: publicLookup }),
    httpsAgent: new HttpsAgent({ lookup: publicLookup }),
    // UDP trackers copy this, which cannot be done with what is not there.
    socksProxy: null,
  };
  return { rtcConfig, proxyOpts };
}

let hardened = false;

/** Puts the guards in place, once for the process. */
export function hardenWebRtc(allowPrivatePeers: boolean): void {
  if (hardened) return;
  hardened = true;
  const prototype: WebSocketTracker = WebSocketTracker.prototype;
  const send: (this: WebSocketTracker, params: object) => void = Reflect.get(prototype, '_send');
  const hear: (this: WebSocketTracker, data: Uint8Array) => void = Reflect.get(prototype, '_onSocketData');
  const create: (this: WebSocketTracker, options?: { initiator?: boolean }) => WebRtcPeer = Reflect.get(
    prototype,
    '_createPeer',
  );
  prototype._createPeer = function (options) {
    const peer = create.call(this, options);
    tellOfLastCandidate(peer);
    if (!options?.initiator) candidatesLater(peer);
    return peer;
  };
  const offers = new WeakMap<WebSocketTracker, number[]>();

  prototype._send = function (params) {
    send.call(this, reachable(params, allowPrivatePeers));
  };
  prototype._onSocketData = function (data) {
    const announcement = readable(data);
    if (!announcement) {
      this.client.emit('warning', new Error('the answer of the tracker makes no sense'));
      return;
    }
    if (announcement.offer) {
      const now = performance.now();
      const recent = (offers.get(this) ?? []).filter((at) => now - at < offerMs);
      offers.set(this, recent);
      if (recent.length >= maxOffers) return;
      recent.push(now);
    }
    try {
      hear.call(this, Buffer.from(JSON.stringify(reachable(announcement, allowPrivatePeers))));
    } catch (error) {
      this.client.emit('warning', error instanceof Error ? error : new Error(String(error)));
    }
  };
}

/**
 * What stands between the library and the native part leaves out the event that says that all candidates are known (W3C WebRTC,
 * section 4.8.2: one without a candidate); the library would offer and answer five seconds after the first one.
 */
function tellOfLastCandidate({ _pc: connection }: WebRtcPeer): void {
  connection?.addEventListener('icegatheringstatechange', () => {
    if (connection.iceGatheringState === 'complete') connection.onicecandidate?.({ candidate: null });
  });
}

/**
 * The native part takes a candidate only when it has a description of its own, which it makes when it has heard the offer: what
 * the offer tells besides has to wait for the answer.
 */
function candidatesLater(peer: WebRtcPeer): void {
  const signal = peer.signal.bind(peer);
  peer.signal = (offer) => {
    const lines = offer.sdp?.split('\r\n') ?? [];
    const isCandidate = (line: string) => line.startsWith('a=candidate:');
    const sdpMid = lines.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length) ?? '0';
    peer.once('signal', () => {
      for (const line of lines.filter(isCandidate))
        if (!peer.destroyed)
          signal({ candidate: { candidate: line.slice('a='.length), sdpMid, sdpMLineIndex: 0 } });
    });
    signal({ ...offer, sdp: lines.filter((line) => !isCandidate(line)).join('\r\n') });
  };
}

function readable(data: Uint8Array): z.output<typeof announcementSchema> | null {
  if (data.length > maxMessageBytes) return null;
  try {
    return announcementSchema.safeParse(JSON.parse(Buffer.from(data).toString())).data ?? null;
  } catch {
    return null;
  }
}

/** The same, without addresses that may not be dialled: theirs would be tried, and ours are nobody's business. */
function reachable(message: object, allowPrivatePeers: boolean): object {
  return JSON.parse(
    JSON.stringify(message, (key, value: unknown) =>
      key === 'sdp' && typeof value === 'string' ? withoutPrivate(value, allowPrivatePeers) : value,
    ),
  ) as object;
}
