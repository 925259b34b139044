import { promise } from './broken-promise.contract.js';
import type { Connection } from './simulated-connection.contract.js';
import type { SimulatedPieces } from './simulated-pieces.contract.js';
import type { SimulatedReaders } from './simulated-readers.contract.js';
import type { EventQueue } from './simulated-time.contract.js';
import type { TorrentGeometry } from './torrent-geometry.js';

/** Milliseconds between looks, and looks in a row after which a reader starves: 2 s. */
const interval = 250;
const mostLooks = 8;

/** Sees to it that no reader's next piece is asked of nobody for long though somebody could send it. */
export class StarvationWatch {
  private looks = new Map<string, number>();

  constructor(
    private readonly world: {
      time: EventQueue;
      geometry: TorrentGeometry;
      pieces: SimulatedPieces;
      readers: SimulatedReaders;
      connections: ReadonlyMap<string, Connection>;
    },
  ) {}

  /** Looks from now on; throws when a reader starves. */
  start(): void {
    const { time, readers } = this.world;
    const looks = new Map<string, number>();
    for (const id of readers.ids.filter((reader) => this.isNeglected(reader))) {
      const inARow = (this.looks.get(id) ?? 0) + 1;
      promise(inARow <= mostLooks, `reader ${id} starves at ${time.now} ms`);
      looks.set(id, inARow);
    }
    this.looks = looks;
    time.at(time.now + interval, () => this.start());
  }

  private isNeglected(id: string): boolean {
    const { pieces, readers, connections } = this.world;
    const next = this.nextPieceOf(id);
    if (readers.readableTo(id) >= readers.get(id).spec.end || pieces.isWhole(next)) return false;
    // Readers that have all run dry take turns.
    const asked = new Set([...connections.values()].flatMap((connection) => connection.askedPieces));
    if (readers.ids.some((reader) => asked.has(this.nextPieceOf(reader)))) return false;
    return [...connections.values()].some((connection) => connection.couldSend(next));
  }

  private nextPieceOf(id: string): number {
    return this.world.geometry.pieceAt(this.world.readers.readableTo(id));
  }
}
