import type { TextSealer } from '../../encryption/sealed-text.js';
import type { Indexer as IndexerRow } from '../../entities/indexer.entity.js';
import type { Logger } from '../../logging/logger.js';
import type { IndexerKind, IndexerTools } from '../source/indexer.port.js';
import type { ConnectedIndexer } from '../source/title-search.js';
import { settingsOf } from './indexer-settings.js';

/** Half a minute is what a Torznab server may take, for it asks sites on the spot. Milliseconds. */
const deadlines: Readonly<Record<string, number>> = { torznab: 25_000 };
const usualDeadlineMs = 6_000;
/** How much longer than its deadline a search may hold on to a connection, milliseconds. */
const lateMs = 1_000;

export interface IndexerConnectionsOptions {
  kinds: readonly IndexerKind[];
  /** What one indexer is made with; `close` ends the connections it made. */
  openTools: () => IndexerTools & { close(): Promise<void> };
  seal: TextSealer;
  logger: Logger;
}

/** Indexers ready to be asked, each with connections of its own, kept for as long as its settings are what they are. */
export class IndexerConnections {
  private readonly connected = new Map<
    string,
    { updatedAt: number; connected: ConnectedIndexer; close: () => Promise<void> }
  >();
  /** Of connections that no search will use any more, but one under way may. */
  private readonly closing = new Map<() => Promise<void>, NodeJS.Timeout>();

  constructor(private readonly options: IndexerConnectionsOptions) {}

  /** Null when its kind is gone from this version. Made anew when it was changed, also by another process. */
  connect(row: IndexerRow): ConnectedIndexer | null {
    const known = this.connected.get(row.id);
    if (known?.updatedAt === row.updatedAt.getTime()) return known.connected;
    const kind = this.options.kinds.find((candidate) => candidate.kind === row.kind);
    if (!kind) return null;
    this.disconnect(row.id);
    const settings = settingsOf(row, this.options.seal);
    const tools = this.options.openTools();
    const connected = {
      id: row.id,
      indexer: kind.create(settings, tools),
      deadlineMs: deadlines[row.kind] ?? usualDeadlineMs,
    };
    const close = () => tools.close();
    this.connected.set(row.id, { updatedAt: row.updatedAt.getTime(), connected, close });
    return connected;
  }

  /** The indexer as it was is asked no more; its connections end when the last search that may use them is over. */
  disconnect(id: string): void {
    const known = this.connected.get(id);
    if (!known) return;
    this.connected.delete(id);
    const { close, connected } = known;
    const timer = setTimeout(() => {
      this.closing.delete(close);
      close().catch((error: unknown) => {
        this.options.logger.warn({ err: error, indexer: id }, 'connections to an indexer were not ended');
      });
    }, connected.deadlineMs + lateMs).unref();
    this.closing.set(close, timer);
  }

  /** Ends every connection to indexers. */
  async stop(): Promise<void> {
    for (const id of [...this.connected.keys()]) this.disconnect(id);
    const ends = [...this.closing.keys()];
    for (const timer of this.closing.values()) clearTimeout(timer);
    this.closing.clear();
    await Promise.all(ends.map((end) => end()));
  }
}
