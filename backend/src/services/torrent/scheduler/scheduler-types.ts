// What goes into the scheduler and what comes out. Times are milliseconds on any clock that never goes back; the
// scheduler reads no clock of its own.

/** One block (BEP 3): at most 16 KiB of one piece. */
export interface BlockRequest {
  peerId: string;
  piece: number;
  /** Bytes from the start of the piece. */
  offset: number;
  /** Bytes. */
  length: number;
}

/** What the binding is to do now, in this order. */
export interface Plan {
  /** Sent before the requests, so that a peer drops what is unwanted first. Always for outstanding requests. */
  cancels: BlockRequest[];
  /** Partial pieces whose buffers are to be freed; they may be begun again by the requests below. */
  drops: number[];
  requests: BlockRequest[];
  /** Peers that have gone silent since the last plan; they stay connected and owe one probe block. */
  snubbed: string[];
  /** Peers convicted of bad data since the last plan: to be disconnected and remembered by address. */
  banned: string[];
  /** When to plan again if nothing happens before; `Infinity` for never. */
  nextWakeAt: number;
}

/** Half-open range in bytes of the torrent. */
export interface TorrentRange {
  start: number;
  end: number;
}

export interface ReaderSpec extends TorrentRange {
  /** What the consumer takes in the long run; null while unknown. */
  bytesPerSecond: number | null;
  /** Bytes at the end of the range wanted right after its first piece (a container's index); 0 if left out. */
  tailBytes?: number;
}

/**
 * What became of a block: `accepted` belongs into the piece's buffer, `completed` too and the piece is whole and to be
 * verified, `duplicate` is there already, `unwanted` was not asked of this peer or is wanted no more.
 */
export type Arrival = 'accepted' | 'completed' | 'duplicate' | 'unwanted';

export interface SchedulerSettings {
  /** Milliseconds of work kept at a peer beyond its round trip. */
  margin: number;
  /** Milliseconds of playing time a reader's window spans. */
  windowMs: number;
  /** Bytes a second assumed while a reader's bitrate is unknown. */
  assumedBytesPerSecond: number;
  /** Bytes of all windows together; each reader keeps at least two pieces. */
  readAheadBytes: number;
  /** Bytes of pieces begun and not yet verified; the next piece of a reader may exceed it by itself. */
  partialBytes: number;
  /** Milliseconds without a block after which a peer that owes some is snubbed. */
  snubAfter: number;
  /** Share of the received bytes that may arrive twice, besides `duplicateAllowance` bytes. */
  duplicateShare: number;
  duplicateAllowance: number;
}

export const defaultSettings: SchedulerSettings = {
  margin: 75,
  windowMs: 30_000,
  assumedBytesPerSecond: 1_000_000,
  readAheadBytes: 128 * 1024 * 1024,
  partialBytes: 64 * 1024 * 1024,
  snubAfter: 2_000,
  duplicateShare: 0.06,
  duplicateAllowance: 1024 * 1024,
};
