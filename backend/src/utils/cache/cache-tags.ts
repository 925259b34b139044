export interface CacheTagsOptions {
  /** When the tag was let go of last, by what all servers know; null when it never was. Milliseconds since 1970. */
  read: (tag: string) => Promise<number | null>;
  write: (tag: string, at: number) => Promise<void>;
  now: () => number;
}

/** Other servers' word about a tag is heard this late at most. Milliseconds. */
const believedMs = 5_000;
const mostRemembered = 5_000;

/** When what belongs together was let go of. Only the time is kept: entries are compared with it when they are read. */
export class CacheTags {
  private readonly stamps = new Map<string, { at: number; readAt: number }>();

  constructor(private readonly options: CacheTagsOptions) {}

  /** The last time one of the tags was let go of; minus infinity for never. */
  async letGoAt(tags: readonly string[]): Promise<number> {
    const times = await Promise.all(tags.map((tag) => this.stampOf(tag)));
    return Math.max(Number.NEGATIVE_INFINITY, ...times);
  }

  async letGo(tag: string): Promise<void> {
    const at = this.options.now();
    this.remember(tag, at);
    await this.options.write(tag, at);
  }

  private async stampOf(tag: string): Promise<number> {
    const known = this.stamps.get(tag);
    const age = this.options.now() - (known?.readAt ?? Number.NEGATIVE_INFINITY);
    if (known && age >= 0 && age < believedMs) return known.at;
    const told = (await this.options.read(tag)) ?? Number.NEGATIVE_INFINITY;
    // It may have been let go of here meanwhile.
    const at = Math.max(told, this.stamps.get(tag)?.at ?? told);
    this.remember(tag, at);
    return at;
  }

  private remember(tag: string, at: number): void {
    // A Map keeps insertion order: the first is the one that was read longest ago.
    this.stamps.delete(tag);
    this.stamps.set(tag, { at, readAt: this.options.now() });
    for (const oldest of this.stamps.keys()) {
      if (this.stamps.size <= mostRemembered) return;
      this.stamps.delete(oldest);
    }
  }
}
