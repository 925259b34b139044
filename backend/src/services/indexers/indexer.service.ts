import type { TextSealer } from '../../encryption/sealed-text.js';
import { newId } from '../../entities/id.js';
import type { Indexer as IndexerRow } from '../../entities/indexer.entity.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { IndexerRepository } from '../../repositories/indexer.repository.js';
import type { AuditAction, AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { Principal } from '../auth/principal.js';
import type { Indexer, IndexerKind, IndexerTools, WantedTitle } from '../source/indexer.port.js';
import type { IndexerDirectory } from '../source/source.service.js';
import type { ConnectedIndexer } from '../source/title-search.js';
import { ConfiguredIndexerRows } from './configured-indexer-rows.js';
import { isConfiguredId } from './configured-indexers.js';
import { IndexerConnections } from './indexer-connections.js';
import { after, blankRow, sealedKey } from './indexer-rows.js';
import { checkIndexer, type IndexerChanges, type NewIndexer } from './indexer-settings.js';
import { type IndexerTest, messageOf, tryOut } from './indexer-trial.js';

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

type Actor = Pick<Principal, 'userId' | 'username'>;

const mostIndexers = 50;

/** The indexers there are: built in, configured, and added by administrators; which are on, and how they do. */
export class IndexerService implements IndexerDirectory {
  private readonly connections: IndexerConnections;
  private readonly rows: ConfiguredIndexerRows;

  constructor(private readonly options: IndexerServiceOptions) {
    this.connections = new IndexerConnections(options);
    this.rows = new ConfiguredIndexerRows(options);
  }

  /** Makes sure that those that are there by themselves are there. */
  start(): Promise<void> {
    return this.useConfigured(this.options.configured);
  }

  /** Ends every connection to indexers. */
  stop(): Promise<void> {
    return this.connections.stop();
  }

  /** Follows a change of the configuration. */
  async useConfigured(configured: IndexerServiceOptions['configured']): Promise<void> {
    for (const id of await this.rows.bring(configured)) this.connections.disconnect(id);
  }

  async listEnabled(): Promise<readonly ConnectedIndexer[]> {
    const rows = await this.options.indexers.list();
    return rows.filter(({ enabled }) => enabled).flatMap((row) => this.connections.connect(row) ?? []);
  }

  /** The one of that name, whether or not it is on: it may have given a link. */
  async findByName(name: string): Promise<Indexer | null> {
    const row = await this.options.indexers.findByName(name);
    return row ? (this.connections.connect(row)?.indexer ?? null) : null;
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
      sealedApiKey: sealedKey(this.options.seal, id, wanted.apiKey),
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
    if (apiKey !== undefined) changed.sealedApiKey = sealedKey(this.options.seal, id, apiKey);
    if (this.originOf(row) === 'added') checkIndexer(kind, changed);
    await this.options.indexers.save(changed);
    this.connections.disconnect(id);
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
    this.connections.disconnect(id);
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
    const indexer = this.connections.connect(row)?.indexer;
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

function assertFreeName(rows: readonly IndexerRow[], name: string, except: string | null): void {
  if (rows.some((row) => row.name.toLowerCase() === name.toLowerCase() && row.id !== except))
    throw new AppError('conflict', 'Another indexer has this name already.');
}
