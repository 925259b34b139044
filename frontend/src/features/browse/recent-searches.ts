const KEY = 'kinora.recent-searches';
const LIMIT = 8;

/** What was looked for on this device, latest first. Private modes and full stores simply remember nothing. */
export class RecentSearches {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  list(): string[] {
    try {
      const stored: unknown = JSON.parse(this.#storage.getItem(KEY) ?? '[]');
      return Array.isArray(stored) ? stored.filter((entry) => typeof entry === 'string').slice(0, LIMIT) : [];
    } catch {
      return [];
    }
  }

  add(text: string): void {
    const trimmed = text.trim();
    if (trimmed === '') return;
    const others = this.list().filter((entry) => entry.toLowerCase() !== trimmed.toLowerCase());
    this.#write([trimmed, ...others].slice(0, LIMIT));
  }

  clear(): void {
    this.#write([]);
  }

  #write(entries: string[]): void {
    try {
      this.#storage.setItem(KEY, JSON.stringify(entries));
    } catch {
      // Full or forbidden: forgetting is harmless.
    }
  }
}
