import { type OwnedPart, Replaceable } from './replaceable.js';

/** What a change would make anew, ready to be taken over. */
export interface PreparedChange {
  /** Takes it over. Cannot fail. */
  commit: () => void;
  /** Throws it away. */
  discard: () => Promise<void>;
}

interface Follower<C> {
  names: readonly (keyof C)[];
  prepare: (next: C) => PreparedChange;
}

/**
 * The settings that hold, and what was made from them. A part names the settings it is made from and is given no others,
 * so a change makes anew just those parts that read what changed; everything else, streams above all, goes on.
 */
export class LiveSettings<C extends object> {
  private readonly followers: Follower<C>[] = [];
  private readonly replaceables: { stop: () => Promise<void> }[] = [];

  /** @param graceMs how long a part that was replaced is left open, milliseconds */
  constructor(
    private current: C,
    private readonly graceMs = 30_000,
  ) {}

  /** What holds now. */
  get now(): C {
    return this.current;
  }

  /** Names that have a follower: a change of these holds at once. */
  get names(): ReadonlySet<keyof C> {
    return new Set(this.followers.flatMap(({ names }) => names));
  }

  /** Makes a part now, and again whenever one of the named settings changes. What comes back stands for the part of the moment. */
  part<N extends keyof C, T extends object>(
    names: readonly N[],
    make: (settings: Pick<C, N>) => OwnedPart<T>,
  ): T {
    const replaceable = new Replaceable(make(this.current), this.graceMs);
    this.replaceables.push(replaceable);
    this.followers.push({
      names,
      prepare: (next) => {
        const made = make(next);
        return { commit: () => replaceable.replace(made), discard: async () => made.close?.() };
      },
    });
    return replaceable.face;
  }

  /** Tells of each change of the named settings, after it holds. `act` must not fail. */
  follow<N extends keyof C>(names: readonly N[], act: (settings: Pick<C, N>) => void): void {
    this.followers.push({
      names,
      prepare: (next) => ({ commit: () => act(next), discard: () => Promise.resolve() }),
    });
  }

  /** Makes what a change needs, and changes nothing yet. Throws what a part's making throws. */
  async prepare(next: C): Promise<PreparedChange> {
    const before = this.current;
    const concerned = this.followers.filter(({ names }) =>
      names.some((name) => differs(before[name], next[name])),
    );
    const prepared: PreparedChange[] = [];
    const discard = async (): Promise<void> => {
      await Promise.all(prepared.map((change) => change.discard()));
    };
    try {
      for (const follower of concerned) prepared.push(follower.prepare(next));
    } catch (error) {
      await discard();
      throw error;
    }
    const commit = (): void => {
      this.current = next;
      for (const change of prepared) change.commit();
    };
    return { commit, discard };
  }

  /** Closes all parts. */
  async stop(): Promise<void> {
    await Promise.all(this.replaceables.map((replaceable) => replaceable.stop()));
  }
}

/** Settings are plain values and lists of them. */
export function differs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
