import type { BlockRequest } from '../scheduler/scheduler-types.js';

/** What the fetcher hears of a source of blocks that is no peer. */
export interface BlockSourceListener {
  onBlock(block: Omit<BlockRequest, 'peerId'>, bytes: Uint8Array): void;
  /** Nothing can be asked for a while; what was asked is forgotten. */
  onBusy(): void;
  onFree(): void;
  /** It has not got all that it said. */
  onLess(): void;
  /** It is not to be asked again. */
  onGone(): void;
}

/** What a server keeps of a torrent, asked as if it were a peer. */
export interface BlockSource {
  listen(listener: BlockSourceListener): void;
  /** The pieces it has, as in a bitfield message (BEP 3). */
  bitfield(): Uint8Array;
  /** Takes back what is not wanted, then asks. */
  tell(cancels: readonly BlockRequest[], requests: readonly BlockRequest[]): void;
  /** It alone sent these pieces, or some of them, and they are not what they should be. */
  convict(failed: readonly number[]): void;
  close(): void;
}
