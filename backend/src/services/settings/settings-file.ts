/** The configuration file, for settings that are needed before the database is open. */
export interface SettingsFile {
  /** For people. */
  readonly name: string;
  /** What it says of settings, as texts. */
  read(): Promise<Readonly<Record<string, string>>>;
  /** Changes some and leaves the others as they are; null removes. */
  write(changes: Readonly<Record<string, string | null>>): Promise<void>;
}
