import type Wire from 'bittorrent-protocol';

const block = 16 * 1024;
/** Blocks asked of a peer before anything is known about it. */
const firstWindow = 8;
/** Bytes after which the measured speed is believed. */
const warmUp = 1024 * 1024;
/** Seconds of requests kept at a peer beyond its round trip. */
const slack = 0.1;

/** What is known of a peer's promptness. */
export interface WirePace {
  /** Who it is, in the words of `PeerConduct`. */
  readonly peer: string;
  /** When it last sent a block, or was first asked after owing nothing; milliseconds of the given clock. */
  lastHeard: number;
}

/**
 * Shortens what the library keeps asked of one peer. It asks for as much as a peer sends in up to a second, so that
 * a piece wanted now waits behind all that; a round trip and a little is enough to keep a peer busy. It also spends
 * the first request of each peer on the last wanted piece; a peer that seems to have sent something is spared that.
 */
export function quicken(wire: Wire, peer: string, now: () => number): WirePace {
  const pace: WirePace = { peer, lastHeard: now() };
  const measure = wire.downloadSpeed;
  const request = wire.request.bind(wire);
  let received = 0;
  /** Seconds; the shortest seen. */
  let roundTrip = 1;
  wire.downloaded ||= 1;
  wire.request = (piece, offset, length, callback) => {
    const asked = now();
    if (wire.requests.length === 0) pace.lastHeard = asked;
    request(piece, offset, length, (error, data) => {
      if (data) {
        pace.lastHeard = now();
        roundTrip = Math.min(roundTrip, (pace.lastHeard - asked) / 1000);
        received += data.length;
      }
      callback(error, data);
    });
  };
  wire.downloadSpeed = (bytes) => {
    const speed = measure(bytes);
    if (received < warmUp) return Math.max(speed, (firstWindow - 2) * block);
    // The library asks for this times up to one second.
    return speed * Math.min(1, roundTrip + slack);
  };
  return pace;
}
