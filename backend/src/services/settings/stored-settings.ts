import type { TextSealer } from '../../encryption/sealed-text.js';
import type { Setting } from '../../entities/setting.entity.js';
import type { SettingChange } from '../../entities/setting-revision.entity.js';
import type { SettingRepository } from '../../repositories/setting.repository.js';
import type { SettingDefinitions } from './setting-definition.js';
import type { SettingsFile } from './settings-file.js';

/** Settings as written, by name, secrets in clear. */
export type StoredTexts = Readonly<Record<string, string>>;

/** What is stored of settings, with secrets opened on the way out and sealed on the way in. */
export class StoredSettings {
  constructor(
    private readonly settings: SettingRepository,
    private readonly sealer: TextSealer,
    private readonly definitions: SettingDefinitions,
    private readonly file: SettingsFile | null = null,
  ) {}

  /** What counts of it. */
  async read(): Promise<StoredTexts> {
    const { values } = openSettings(await this.settings.list(), this.sealer, this.definitions);
    const inFile = Object.entries((await this.file?.read()) ?? {});
    return { ...values, ...Object.fromEntries(inFile.filter(([name]) => this.isKeptInFile(name))) };
  }

  /** Writes what of a change is kept in the file, and answers which that was. */
  async writeFile(changes: readonly SettingChange[], texts: StoredTexts): Promise<ReadonlySet<string>> {
    const names = changes.map(({ name }) => name).filter((name) => this.isKeptInFile(name));
    if (names.length > 0)
      await this.file?.write(Object.fromEntries(names.map((name) => [name, texts[name] ?? null])));
    return new Set(names);
  }

  /** From one state to another; values as they will be stored. */
  async changes(before: StoredTexts, after: StoredTexts): Promise<SettingChange[]> {
    const rows = new Map((await this.settings.list()).map((row) => [row.name, row]));
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => {
      const [old, next] = [before[name], after[name]];
      if (old === next) return [];
      const sealed = this.definitions[name]?.secret ?? false;
      const kept = (text: string | undefined): string | null => {
        if (text === undefined) return null;
        return sealed ? this.sealer.seal(text, purposeOf(name)) : text;
      };
      const row = rows.get(name);
      const was = old !== undefined && row?.sealed === sealed ? row.value : kept(old);
      return [{ name, before: was, after: kept(next), sealed }];
    });
  }

  private isKeptInFile(name: string): boolean {
    return this.file !== null && this.definitions[name]?.keptInFile === true;
  }

  /** What a setting was before a change, in clear; null when unset, or when it cannot be opened any more. */
  before({ name, before, sealed }: SettingChange): string | null {
    return sealed && before !== null ? this.sealer.open(before, purposeOf(name)) : before;
  }
}

/**
 * Rows as texts. Left out is what does not count: names that are no settings (any more), what must not be stored, and
 * secrets sealed by other keys; the latter are named.
 */
export function openSettings(
  rows: readonly Setting[],
  sealer: TextSealer,
  definitions: SettingDefinitions,
): { values: Record<string, string>; unopened: string[] } {
  const values: Record<string, string> = {};
  const unopened: string[] = [];
  for (const { name, value, sealed } of rows) {
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (!definition || definition.fixed !== undefined || definition.keptInFile) continue;
    const text = sealed ? sealer.open(value, purposeOf(name)) : value;
    if (text === null) unopened.push(name);
    else values[name] = text;
  }
  return { values, unopened };
}

function purposeOf(name: string): string {
  return `setting ${name}`;
}
