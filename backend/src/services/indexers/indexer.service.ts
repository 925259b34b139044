import type { TextSealer } from '../../encryption/sealed-text.js';
import { newId } from '../../entities/id.js';
import { Indexer as IndexerRow } from '../../entities/indexer.entity.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { IndexerRepository } from '../../repositories/indexer.repository.js';
import type { AuditAction, AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { Principal } from '../auth/principal.js';
import type {
  Indexer,
  IndexerKind,
  IndexerSettings,
  IndexerTools,
  WantedTitle,
} from '../source/indexer.port.js';
import type { IndexerDirectory } from '../source/source.service.js';
import type { ConnectedIndexer } from '../source/title-search.js';
import { type ConfiguredIndexer, configuredIndexers, isConfiguredId } from './configured-indexers.js';
import {
  checkIndexer,
  type IndexerChanges,
  keyPurpose,
  type NewIndexer,
  settingsOf,
} from './indexer-settings.js';

export interface IndexerServiceOptions {
  indexers: IndexerRepository;
  kinds: readonly IndexerKind[];
  /** What one indexer is made with; `close` ends the connections it made. */
  openTools: () => IndexerTools & { close(): Promise<void> };
  seal: TextSealer;
  audit: Pick<AuditLogService, 'record'>;
  logger: Logger;
  /** Addresses that the configuration names, by kind. Such an indexer is there as long as they are. */
  configured: Readonly<Record<string, readonly string[]>>;
}

/** An indexer as administrators see it. Its key is never shown. */
export interface ManagedIndexer extends Omit<IndexerRow, 'sealedApiKey'> {
  label: string;
  hasApiKey: boolean;
  /** `added` by an administrator, `built-in`, or named by the `configuration`: only the first can be changed or deleted. */
  origin: 'added' | 'built-in' | 'configuration';
}

export interface IndexerTest {
  ok: boolean;
  /** A sentence for people. */
  message: string;
  ms: number;
}

type Actor = Pick<Principal, 'userId' | 'username'>;

/** Half a minute is what a Torznab server may take, for it asks sites on the spot. Milliseconds. */
const deadlines: Readonly<Record<string, number>> = { torznab: 25_000 };
const usualDeadlineMs = 6_000;
const testMs = 20_000;
/** How much longer than its deadline a search may hold on to a connection, milliseconds. */
const lateMs = 1_000;
const mostIndexers = 50;

/** The indexers there are: built in, configured, and added by administrators; which are on, and how they do. */
export class IndexerService implements IndexerDirectory {
  private readonly connected = new Map<
    string,
    { updatedAt: number; connected: ConnectedIndexer; close: () => Promise<void> }
  >();
  /** Of connections that no search will use any more, but one under way may. */
  private readonly closing = new Map<() => Promise<void>, NodeJS.Timeout>();

  constructor(private readonly options: IndexerServiceOptions) {}

  /** Makes sure that those that are there by themselves are there. */
  start(): Promise<void> {
    return this.useConfigured(this.options.configured);
  }

  /** Ends every connection to indexers. */
  async stop(): Promise<void> {
    for (const id of [...this.connected.keys()]) this.disconnect(id);
    const ends = [...this.closing.keys()];
    for (const timer of this.closing.values()) clearTimeout(timer);
    this.closing.clear();
    await Promise.all(ends.map((end) => end()));
  }

  /** Follows a change of the configuration. */
  async useConfigured(configured: IndexerServiceOptions['configured']): Promise<void> {
    const { indexers, kinds } = this.options;
    const rows = await indexers.list();
    const wanted = configuredIndexers(kinds, configured);
    for (const row of rows) {
      const isOurs = isConfiguredId(row.id, row.kind) && kinds.some(({ kind }) => kind === row.kind);
      if (!isOurs || wanted.some(({ id }) => id === row.id)) continue;
      await indexers.delete(row.id);
      this.disconnect(row.id);
    }
    for (const one of wanted) {
      const row = rows.find(({ id }) => id === one.id);
      if (!row) await indexers.save(await this.ownRow(one));
      else if (this.differs(row, one))
        await indexers.save(
          Object.assign(row, {
            urls: [...one.urls],
            sealedApiKey: this.sealed(one.id, one.apiKey),
            updatedAt: after(row),
          }),
        );
    }
  }

  async listEnabled(): Promise<readonly ConnectedIndexer[]> {
    const rows = await this.options.indexers.list();
    return rows.filter(({ enabled }) => enabled).flatMap((row) => this.connect(row) ?? []);
  }

  /** The one of that name, whether or not it is on: it may have given a link. */
  async findByName(name: string): Promise<Indexer | null> {
    const row = await this.options.indexers.findByName(name);
    return row ? (this.connect(row)?.indexer ?? null) : null;
  }

  async notesOnOff(title: WantedTitle): Promise<string[]> {
    const rows = await this.options.indexers.list();
    const on = new Set(rows.filter(({ enabled }) => enabled).map(({ kind }) => kind));
    return this.options.kinds.flatMap((kind) => (on.has(kind.kind) ? [] : (kind.whenOff?.(title) ?? [])));
  }

  note(id: string, { error, ms, results }: { error: unknown; ms: number; results: number }): void {
    const message = error === null ? null : messageOf(error);
    this.options.indexers.note(id, { error: message, ms, results }).catch((failure: unknown) => {
      this.options.logger.warn({ err: failure, indexer: id }, 'how an indexer did was not noted');
    });
  }

  /** In their order. */
  async list(): Promise<ManagedIndexer[]> {
    return (await this.options.indexers.list()).flatMap((row) => this.managed(row) ?? []);
  }

  /** What can be added. */
  get kinds(): readonly IndexerKind[] {
    return this.options.kinds.filter(({ takes }) => takes.urls !== 0);
  }

  /** Errors: validation-failed, conflict. */
  async add(wanted: NewIndexer, actor: Actor, origin: RequestOrigin): Promise<ManagedIndexer> {
    const kind = this.kindOf(wanted.kind);
    checkIndexer(kind, wanted);
    const rows = await this.options.indexers.list();
    if (rows.length >= mostIndexers)
      throw new AppError('conflict', `More than ${mostIndexers} indexers are not kept.`);
    assertFreeName(rows, wanted.name, null);
    const now = new Date();
    const id = newId(now.getTime());
    const row = Object.assign(blankRow(now), {
      id,
      kind: kind.kind,
      name: wanted.name,
      position: rows.length,
      enabled: wanted.enabled,
      urls: [...wanted.urls],
      categories: [...wanted.categories],
      sealedApiKey: this.sealed(id, wanted.apiKey),
    });
    await this.options.indexers.save(row);
    await this.record('indexer.created', row, actor, origin);
    return this.get(id);
  }

  /** Errors: not-found, validation-failed, conflict. */
  async update(
    id: string,
    changes: IndexerChanges,
    actor: Actor,
    origin: RequestOrigin,
  ): Promise<ManagedIndexer> {
    const row = await this.row(id);
    const kind = this.kindOf(row.kind);
    const { name, urls, apiKey, categories, enabled } = changes;
    if (
      this.originOf(row) !== 'added' &&
      [name, urls, apiKey, categories].some((value) => value !== undefined)
    )
      throw new AppError(
        'conflict',
        'Of this indexer only the order and whether it is on can be changed here.',
      );
    if (name !== undefined) assertFreeName(await this.options.indexers.list(), name, id);
    const changed = Object.assign(row, {
      name: name ?? row.name,
      urls: urls ?? row.urls,
      categories: categories ?? row.categories,
      enabled: enabled ?? row.enabled,
      updatedAt: after(row),
    });
    if (apiKey !== undefined) changed.sealedApiKey = this.sealed(id, apiKey);
    if (this.originOf(row) === 'added') checkIndexer(kind, changed);
    await this.options.indexers.save(changed);
    this.disconnect(id);
    await this.record('indexer.changed', changed, actor, origin, {
      changed: Object.keys(changes)
        .map((key) => (key === 'apiKey' ? 'key' : key))
        .join(', '),
      enabled: changed.enabled,
    });
    return this.get(id);
  }

  /** Errors: not-found, conflict. */
  async delete(id: string, actor: Actor, origin: RequestOrigin): Promise<void> {
    const row = await this.row(id);
    if (this.originOf(row) !== 'added')
      throw new AppError('conflict', 'This indexer cannot be deleted. It can be switched off.');
    await this.options.indexers.delete(id);
    this.disconnect(id);
    await this.record('indexer.deleted', row, actor, origin);
  }

  /** Those not named follow as they were. Error: not-found. */
  async reorder(ids: readonly string[], actor: Actor, origin: RequestOrigin): Promise<ManagedIndexer[]> {
    const known = new Set((await this.options.indexers.list()).map(({ id }) => id));
    if (ids.some((id) => !known.has(id))) throw new NotFoundError('Indexer');
    await this.options.indexers.reorder(ids);
    await this.options.audit.record({
      action: 'indexer.reordered',
      outcome: 'ok',
      actor: { id: actor.userId, name: actor.username },
      origin,
      detail: { count: ids.length },
    });
    return this.list();
  }

  /** Tries one as it is set up; that it fails is an answer. Error: not-found. */
  async test(id: string): Promise<IndexerTest> {
    const row = await this.row(id);
    const indexer = this.connect(row)?.indexer;
    if (!indexer) throw new NotFoundError('Indexer');
    return tryOut(indexer);
  }

  /** Tries one that is not kept yet. Error: validation-failed. */
  async testNew(wanted: NewIndexer): Promise<IndexerTest> {
    const kind = this.kindOf(wanted.kind);
    checkIndexer(kind, wanted);
    const tools = this.options.openTools();
    try {
      return await tryOut(kind.create(wanted, tools));
    } finally {
      await tools.close();
    }
  }

  private async get(id: string): Promise<ManagedIndexer> {
    const managed = this.managed(await this.row(id));
    if (!managed) throw new NotFoundError('Indexer');
    return managed;
  }

  private async row(id: string): Promise<IndexerRow> {
    const row = await this.options.indexers.find(id);
    if (!row) throw new NotFoundError('Indexer');
    return row;
  }

  private kindOf(kind: string): IndexerKind {
    const found = this.options.kinds.find((candidate) => candidate.kind === kind);
    if (!found) throw new NotFoundError('Kind of indexer');
    return found;
  }

  /** Null when its kind is gone from this version. Made anew when it was changed, also by another process. */
  private connect(row: IndexerRow): ConnectedIndexer | null {
    const known = this.connected.get(row.id);
    if (known?.updatedAt === row.updatedAt.getTime()) return known.connected;
    const kind = this.options.kinds.find((candidate) => candidate.kind === row.kind);
    if (!kind) return null;
    this.disconnect(row.id);
    const settings: IndexerSettings = settingsOf(row, this.options.seal);
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
  private disconnect(id: string): void {
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

  private managed({ sealedApiKey, ...row }: IndexerRow): ManagedIndexer | null {
    const kind = this.options.kinds.find((candidate) => candidate.kind === row.kind);
    if (!kind) return null;
    return { ...row, label: kind.label, hasApiKey: sealedApiKey !== null, origin: this.originOf(row) };
  }

  private originOf({ id, kind }: { id: string; kind: string }): ManagedIndexer['origin'] {
    if (!isConfiguredId(id, kind)) return 'added';
    return this.options.kinds.find((candidate) => candidate.kind === kind)?.builtIn
      ? 'built-in'
      : 'configuration';
  }

  private async ownRow({ id, kind, name, urls, apiKey }: ConfiguredIndexer): Promise<IndexerRow> {
    const rows = await this.options.indexers.list();
    const isTaken = rows.some((row) => row.name.toLowerCase() === name.toLowerCase());
    return Object.assign(blankRow(new Date()), {
      id,
      kind: kind.kind,
      name: isTaken ? `${name} (${id.slice(-10)})` : name,
      // What the operator configured comes before what is there by itself.
      position: kind.builtIn ? rows.length : -1,
      enabled: kind.builtIn?.enabled ?? true,
      urls: [...urls],
      sealedApiKey: this.sealed(id, apiKey),
    });
  }

  private sealed(id: string, apiKey: string | null): string | null {
    return apiKey === null ? null : this.options.seal.seal(apiKey, keyPurpose(id));
  }

  private differs(row: IndexerRow, { urls, apiKey }: ConfiguredIndexer): boolean {
    return (
      JSON.stringify(row.urls) !== JSON.stringify(urls) ||
      settingsOf(row, this.options.seal).apiKey !== apiKey
    );
  }

  private record(
    action: AuditAction,
    { name, kind }: IndexerRow,
    actor: Actor,
    origin: RequestOrigin,
    detail: Record<string, string | boolean> = {},
  ): Promise<void> {
    return this.options.audit.record({
      action,
      outcome: 'ok',
      actor: { id: actor.userId, name: actor.username },
      origin,
      detail: { indexer: name, kind, ...detail },
    });
  }
}

/** A moment later than the last change: by it a changed row is known. */
function after({ updatedAt }: IndexerRow): Date {
  return new Date(Math.max(Date.now(), updatedAt.getTime() + 1));
}

function blankRow(now: Date): IndexerRow {
  return Object.assign(new IndexerRow(), {
    enabled: true,
    urls: [],
    categories: [],
    sealedApiKey: null,
    lastError: null,
    lastErrorAt: null,
    lastOkAt: null,
    responseMs: null,
    resultsPerSearch: null,
    searches: 0,
    failures: 0,
    createdAt: now,
    updatedAt: now,
  });
}

function assertFreeName(rows: readonly IndexerRow[], name: string, except: string | null): void {
  if (rows.some((row) => row.name.toLowerCase() === name.toLowerCase() && row.id !== except))
    throw new AppError('conflict', 'Another indexer has this name already.');
}

async function tryOut(indexer: Indexer): Promise<IndexerTest> {
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    return { ok: true, message: await indexer.test({ signal: AbortSignal.timeout(testMs) }), ms: ms() };
  } catch (error) {
    return { ok: false, message: messageOf(error), ms: ms() };
  }
}

/** Only messages written for people are kept. */
function messageOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'It did not answer in time.';
  return error instanceof AppError ? error.message : 'Something went wrong while asking it.';
}
