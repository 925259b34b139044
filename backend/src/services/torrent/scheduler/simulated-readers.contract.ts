import type { PieceScheduler } from './piece-scheduler.js';
import type { ReaderSpec } from './scheduler-types.js';
import type { EventQueue } from './simulated-time.contract.js';
import type { TorrentGeometry } from './torrent-geometry.js';

export interface SimulatedReader {
  spec: ReaderSpec;
  /** First byte it has not taken. */
  position: number;
  /** Bytes per millisecond it takes; null takes all there is. */
  pace: number | null;
  /** When more became readable, and how far. */
  progress: { at: number; to: number }[];
}

/** Milliseconds between two looks of a reader that takes its time. */
const tick = 50;

/** The readers of a simulated swarm: they take what is readable in order, and tell the scheduler where they are. */
export class SimulatedReaders {
  private readonly readers = new Map<string, SimulatedReader>();

  constructor(
    private readonly world: {
      time: EventQueue;
      scheduler: PieceScheduler;
      geometry: TorrentGeometry;
      verified: ReadonlySet<number>;
      /** Something has changed that calls for a new plan. */
      onChange: () => void;
    },
  ) {}

  get ids(): string[] {
    return [...this.readers.keys()];
  }

  get(id: string): SimulatedReader {
    const reader = this.readers.get(id);
    if (!reader) throw new Error(`no reader ${id}`);
    return reader;
  }

  open(id: string, spec: ReaderSpec, pace: number | null): void {
    this.readers.set(id, { spec, position: spec.start, pace, progress: [] });
    this.world.scheduler.readerOpened(id, spec);
    this.advance(id);
    if (pace !== null) this.goOn(id, pace);
  }

  close(id: string): void {
    this.readers.delete(id);
    this.world.scheduler.readerClosed(id);
  }

  /** First byte the reader lacks. */
  readableTo(id: string): number {
    const { geometry, verified } = this.world;
    const { spec, position } = this.get(id);
    let piece = geometry.pieceAt(position);
    while (piece * geometry.pieceLength < spec.end && verified.has(piece)) piece += 1;
    return Math.min(spec.end, Math.max(position, piece * geometry.pieceLength));
  }

  /** More pieces are here. */
  advanceAll(): void {
    for (const id of this.readers.keys()) this.advance(id);
  }

  private advance(id: string): void {
    const reader = this.get(id);
    const to = this.readableTo(id);
    if (to > (reader.progress.at(-1)?.to ?? reader.spec.start))
      reader.progress.push({ at: this.world.time.now, to });
    if (reader.pace === null && to > reader.position) this.moveTo(id, reader, to);
  }

  private goOn(id: string, pace: number): void {
    const { time, onChange } = this.world;
    time.at(time.now + tick, () => {
      const reader = this.readers.get(id);
      if (!reader || reader.pace === null) return;
      const to = Math.floor(Math.min(this.readableTo(id), reader.position + tick * pace));
      if (to > reader.position) {
        this.moveTo(id, reader, to);
        onChange();
      }
      if (to < reader.spec.end) this.goOn(id, pace);
    });
  }

  private moveTo(id: string, reader: SimulatedReader, position: number): void {
    reader.position = position;
    this.world.scheduler.readerMoved(id, position);
  }
}
