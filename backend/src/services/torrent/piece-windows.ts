import type { Selection, SwarmTorrent } from './swarm-shapes.js';

/** Pieces a reader wants, first to last, both included. */
export interface Window {
  from: number;
  /** Last piece of the part that is wanted at once. */
  head: number;
  to: number;
}

/**
 * Tells the library what to fetch: only what readers want, the heads of their windows before the rest. When a window
 * moves or goes, what was asked of peers for it and is wanted by nobody else is cancelled at once, so that a seek
 * need not wait for what lies between.
 */
export class PieceWindows {
  private readonly windows = new Set<Window>();
  private selections: Selection[] = [];

  constructor(private readonly torrent: SwarmTorrent) {}

  add(window: Window): void {
    this.windows.add(window);
    this.apply();
  }

  move(window: Window, next: Window): void {
    if (window.from === next.from && window.head === next.head && window.to === next.to) return;
    Object.assign(window, next);
    this.apply();
  }

  remove(window: Window): void {
    if (this.windows.delete(window)) this.apply();
  }

  /** Pieces selected, for tests and diagnosis. */
  get selectedPieces(): number {
    return this.selections.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  private apply(): void {
    const { torrent } = this;
    if (torrent.destroyed) return;
    for (const selection of this.selections) torrent._selections.remove(selection);
    // The newest reader first: it is the one somebody has just opened or sought with.
    const windows = [...this.windows].reverse();
    const wanted = [
      ...windows.map(({ from, head }) => ({ from, to: head, priority: 1 })),
      ...windows
        .filter(({ head, to }) => to > head)
        .map(({ head, to }) => ({ from: head + 1, to, priority: 0 })),
    ];
    this.selections = wanted.map(({ from, to }) => ({ from, to, isStreamSelection: true }));
    this.cancelUnwanted();
    for (const { from, to, priority } of wanted.slice(0, -1)) {
      torrent._selections.insert({ from, to, priority, offset: 0, isStreamSelection: true });
    }
    const last = wanted.at(-1);
    if (last) torrent._select(last.from, last.to, last.priority, undefined, true);
    else torrent._updateSelections();
    for (const { from, head } of windows) torrent.critical(from, head);
  }

  private cancelUnwanted(): void {
    for (const wire of this.torrent.wires) {
      for (const { piece, offset, length } of [...wire.requests]) {
        if (!this.isWanted(piece)) wire.cancel(piece, offset, length);
      }
    }
  }

  private isWanted(piece: number): boolean {
    return this.selections.some(({ from, to }) => piece >= from && piece <= to);
  }
}
