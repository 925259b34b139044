import type { PieceTable } from './piece-table.js';
import type { ReaderWindows } from './reader-windows.js';
import type { SchedulerSettings } from './scheduler-types.js';
import type { SwarmPeer } from './swarm-peer.js';

/** What is known of one torrent, shared by the parts of its scheduler: what is here, who has what, who reads. */
export interface SwarmState {
  readonly settings: SchedulerSettings;
  readonly table: PieceTable;
  readonly peers: ReadonlyMap<string, SwarmPeer>;
  readonly readers: ReaderWindows;
}
