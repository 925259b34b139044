import type { TextSealer } from '../../encryption/sealed-text.js';
import type { SettingChange, SettingRevision } from '../../entities/setting-revision.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import type { SettingRepository } from '../../repositories/setting.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { Principal } from '../auth/principal.js';
import { readSettings, type SettingsSource, storedSource, withStored } from './effective-settings.js';
import type { Finding } from './finding.js';
import type { LiveSettings } from './live-settings.js';
import type { SettingCheck } from './setting-check.js';
import { type SettingDefinitions, type SettingGroup, settingGroups } from './setting-definition.js';
import type { SettingInput } from './setting-text.js';
import { type SettingView, viewSettings } from './setting-view.js';
import { SettingRefusedError, SettingsInvalidError, SettingUntestedError } from './settings.errors.js';
import { faultsOf } from './settings-faults.js';
import type { SettingsFile } from './settings-file.js';
import { StoredSettings, type StoredTexts } from './stored-settings.js';

export interface SettingsServiceOptions<C extends object> {
  definitions: SettingDefinitions;
  /** Where settings come from besides the database, the strongest first. */
  sources: readonly SettingsSource[];
  /** Settings as the parts read them. Called with what has no fault of its own; @throws Error with `faults` */
  read: (sources: readonly SettingsSource[]) => C;
  checks: readonly SettingCheck<C>[];
  live: LiveSettings<C>;
  settings: SettingRepository;
  /** For settings that are kept there. */
  file?: SettingsFile;
  sealer: TextSealer;
  audit: AuditLogService;
  now?: () => Date;
}

/** Who asks for a change, from where. */
export interface SettingsAuthor {
  principal: Principal;
  origin: RequestOrigin;
}

export interface SettingsOverview {
  settings: SettingView[];
  groups: { id: SettingGroup; canBeTested: boolean }[];
}

/** Values by name, as JSON has them; null leaves it to the file or the default. */
export type GivenSettingValues = Readonly<Record<string, SettingInput>>;

/**
 * What administrators change while the server runs. A change is checked against the schema and the real services, stored
 * with its author, and taken over by the parts it concerns; in this order, and one at a time.
 */
export class SettingsService<C extends object> {
  private readonly stored: StoredSettings;
  private readonly sources: readonly SettingsSource[];
  private turn: Promise<unknown> = Promise.resolve();
  /** What the process was started with: what a setting that needs a restart still holds. */
  private readonly atStart: C;

  constructor(private readonly options: SettingsServiceOptions<C>) {
    const { settings, sealer, definitions, file } = options;
    this.stored = new StoredSettings(settings, sealer, definitions, file);
    this.sources = file ? withoutKept(options.sources, definitions) : options.sources;
    this.atStart = options.live.now;
  }

  async getOverview(): Promise<SettingsOverview> {
    const { definitions, checks } = this.options;
    const { sources } = this;
    const tested = new Set(checks.map(({ group }) => group));
    const settings = viewSettings({
      definitions,
      above: sources.filter(({ belowStored }) => !belowStored),
      effective: readSettings(definitions, withStored(sources, await this.stored.read())).settings,
      atStart: this.atStart as Readonly<Record<string, unknown>>,
      fileName: this.options.file?.name ?? storedSource,
    });
    const used = new Set(settings.map(({ group }) => group));
    const groups = settingGroups.filter((group) => used.has(group));
    return { settings, groups: groups.map((id) => ({ id, canBeTested: tested.has(id) })) };
  }

  /** Names of what was changed and holds only from the next start on. */
  async listPending(): Promise<string[]> {
    const { settings } = await this.getOverview();
    return settings.filter(({ restartPending }) => restartPending).map(({ name }) => name);
  }

  /** Tries a group with what it would be after a change, and changes nothing. Errors: validation-failed. */
  async test(group: SettingGroup, values: GivenSettingValues): Promise<Finding[]> {
    const { configuration } = this.candidate(await this.stored.read(), values);
    const checks = this.options.checks.filter((check) => check.group === group);
    return (await Promise.all(checks.map((check) => check.run(configuration)))).flat();
  }

  /**
   * Changes settings, all or none. Answers the revision's number; null when they already are as asked. Errors: validation-failed with every fault;
   * setting-refused when its service does not take a value; setting-untested when the service cannot be asked just now,
   * which `force` overrides.
   */
  change(
    values: GivenSettingValues,
    author: SettingsAuthor,
    { force = false }: { force?: boolean } = {},
  ): Promise<number | null> {
    return this.inTurn(() => this.carryOut(values, author, { force, undoes: null }));
  }

  /** Latest first. */
  listRevisions(page: {
    page: number;
    pageSize: number;
  }): Promise<{ items: SettingRevision[]; total: number }> {
    return this.options.settings.listRevisions(page);
  }

  /** Sets what a revision changed back to what it was before it. Errors: as `change`, and not-found. */
  rollBack(
    number: number,
    author: SettingsAuthor,
    { force = false }: { force?: boolean } = {},
  ): Promise<number | null> {
    return this.inTurn(async () => {
      const revision = await this.options.settings.findRevision(number);
      if (!revision) throw new NotFoundError('Revision');
      const values = revision.changes.map((change) => [change.name, this.stored.before(change)] as const);
      return this.carryOut(Object.fromEntries(values), author, { force, undoes: number });
    });
  }

  private async carryOut(
    values: GivenSettingValues,
    author: SettingsAuthor,
    { force, undoes }: { force: boolean; undoes: number | null },
  ): Promise<number | null> {
    const { settings, live, now = () => new Date() } = this.options;
    const before = await this.stored.read();
    const { configuration, after } = this.candidate(before, values);
    const changes = await this.stored.changes(before, after);
    if (changes.length === 0) return null;
    await this.mustWork(configuration, changes, author, force);
    const prepared = await live.prepare(configuration);
    let revision: number;
    try {
      const { userId: authorId, username: authorName } = author.principal;
      const inFile = await this.stored.writeFile(changes, after);
      revision = await settings.change({ at: now(), authorId, authorName, undoes, changes }, inFile);
    } catch (error) {
      await this.stored.writeFile(changes, before);
      await prepared.discard();
      throw error;
    }
    prepared.commit();
    await this.record(
      author,
      undoes === null ? 'settings.changed' : 'settings.rolled-back',
      changes,
      revision,
    );
    return revision;
  }

  /** What would hold after a change. Errors: validation-failed. */
  private candidate(
    before: StoredTexts,
    values: GivenSettingValues,
  ): { configuration: C; after: StoredTexts } {
    const { definitions, read } = this.options;
    const { sources } = this;
    const { after, faults } = faultsOf(values, before, { definitions, sources });
    if (faults.length > 0) throw new SettingsInvalidError(faults);
    try {
      return { configuration: read(withStored(sources, after)), after };
    } catch (error) {
      // Settings that are fine alone and not together.
      if (!(error instanceof Error) || !('faults' in error) || !Array.isArray(error.faults)) throw error;
      throw new SettingsInvalidError(
        error.faults.map((text) => ({ field: 'body.values', message: String(text) })),
      );
    }
  }

  private async mustWork(
    configuration: C,
    changes: readonly SettingChange[],
    author: SettingsAuthor,
    force: boolean,
  ): Promise<void> {
    const names = new Set(changes.map(({ name }) => name));
    const concerned = this.options.checks.filter((check) => check.names.some((name) => names.has(name)));
    const findings = (await Promise.all(concerned.map((check) => check.run(configuration)))).flat();
    const broken = findings.filter(({ verdict }) => verdict === 'broken');
    if (broken.length === 0) return;
    const mayPass = broken.every((finding) => finding.mayPass);
    if (mayPass && force) return;
    await this.record(author, 'settings.refused', changes, null);
    throw mayPass ? new SettingUntestedError(broken) : new SettingRefusedError(broken);
  }

  private async record(
    { principal, origin }: SettingsAuthor,
    action: 'settings.changed' | 'settings.rolled-back' | 'settings.refused',
    changes: readonly SettingChange[],
    revision: number | null,
  ): Promise<void> {
    const detail = changes.map(({ name, before, after, sealed }) => {
      const word = (value: string | null) => (value === null ? 'unset' : sealed ? '(secret)' : value);
      return [name, `${word(before)} -> ${word(after)}`] as const;
    });
    await this.options.audit.record({
      action,
      outcome: action === 'settings.refused' ? 'failed' : 'ok',
      actor: { id: principal.userId, name: principal.username },
      origin,
      detail: { ...(revision !== null && { revision }), ...Object.fromEntries(detail) },
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

/** What the file says of settings that are kept in it is read anew each time: it changes with them. */
function withoutKept(
  sources: readonly SettingsSource[],
  definitions: SettingDefinitions,
): readonly SettingsSource[] {
  return sources.map((source) => {
    if (!source.belowStored) return source;
    const others = Object.entries(source.values).filter(([name]) => definitions[name]?.keptInFile !== true);
    return { ...source, values: Object.fromEntries(others) };
  });
}
