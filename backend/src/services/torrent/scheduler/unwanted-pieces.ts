import type { RequestLedger } from './request-ledger.js';
import type { SwarmState } from './swarm-state.js';

/** Gives up begun pieces that lie in no reader's window. */
export class UnwantedPieces {
  constructor(
    private readonly swarm: Pick<SwarmState, 'table' | 'readers'>,
    private readonly ledger: RequestLedger,
  ) {}

  /** Asks for no more of them. What has come of them is kept: the reader may come back. */
  cancel(now: number): void {
    const { table, readers } = this.swarm;
    for (const partial of table.all()) {
      if (readers.wants(partial.index)) continue;
      this.ledger.cancelAll(partial, now);
      if (partial.received === 0) table.forget(partial);
    }
  }

  /** Drops the oldest of them until all begun pieces together take no more than so many bytes. */
  dropBeyond(bytes: number, now: number): void {
    const { table, readers } = this.swarm;
    if (table.partialBytes <= bytes) return;
    const unwanted = table
      .all()
      .filter(({ index, isWhole }) => !isWhole && !readers.wants(index))
      .sort((a, b) => a.begun - b.begun);
    for (const partial of unwanted) {
      if (table.partialBytes <= bytes) return;
      this.ledger.drop(partial, now);
    }
  }
}
