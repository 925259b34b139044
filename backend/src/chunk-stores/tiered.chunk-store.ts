import { ChunkMissingError } from './chunk-store.errors.js';
import { type ChunkStore, closeStore, destroyStore, getChunk, putChunk } from './chunk-store.js';
import { LeftBehind } from './left-behind.js';
import { type ChunkSpan, type KnownChunk, PromisedChunkStore } from './promised.chunk-store.js';

export interface TieredChunkStoreOptions {
  /** Quick; may evict or refuse what it is given. */
  upper: ChunkStore;
  /** Slower; what it has counts. */
  lower: ChunkStore;
  /** Bytes of all chunks; endless when left out. */
  length?: number;
  /**
   * What the lower store does not take, or loses, stays with the upper one alone as long as that has it. Unless given, a put that the
   * lower store refuses has failed.
   */
  mayLag?: boolean;
  /** Milliseconds after which what the upper store alone has is offered to the lower one again; never, unless given. */
  offerAgainMs?: number;
  /** A chunk that only the upper store had is not there any more either. */
  onLost?: (index: number) => void;
  /**
   * When a chunk that only the lower store has is read whole, to be put into the upper one, though a part was asked for:
   * `in-order` (unless given) when parts of it are read one after the other, `always` where a call costs more than bytes.
   */
  readWhole?: 'in-order' | 'always';
  /** Whether a whole chunk is what it should be: one that is not, above, is taken from below in its place. */
  isIntact?: (index: number, chunk: Uint8Array) => boolean;
  /** Others have the lower store too, and it looks at its chunks itself: what is forgotten here stays there. */
  isLowerShared?: boolean;
}

/** Chunks of which the end of the last read is remembered. */
const maxRemembered = 256;

/**
 * One store over another: writes go to both, reads come from the upper one where it has the chunk. What only the lower
 * one has is put into the upper one when it is read as a whole or in order; reads here and there pass through,
 * since reading megabytes for each of them would cost far more than it saves. A chunk is read once for all who ask
 * meanwhile. Stores of stores make more than two tiers.
 */
export class TieredChunkStore extends PromisedChunkStore {
  /** Chunks that only the upper store has. */
  private readonly behind: LeftBehind;
  private readonly fetching = new Map<number, Promise<Uint8Array>>();
  /** Where the last read of a chunk ended, oldest first. */
  private readonly lastEnds = new Map<number, number>();

  constructor(
    chunkLength: number,
    private readonly options: TieredChunkStoreOptions,
  ) {
    super(chunkLength, options.length);
    this.behind = new LeftBehind((index) => this.track(this.offer(index)), options.offerAgainMs ?? null);
  }

  async storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    const { upper, lower } = this.options;
    const [above, below] = await Promise.all([upper.storedChunks(count), lower.storedChunks(count)]);
    return {
      bits: above.bits.map((byte, at) => byte | (below.bits[at] ?? 0)),
      sameBoot: above.sameBoot && below.sameBoot,
    };
  }

  override async confirmStored(): Promise<void> {
    await Promise.all([this.options.upper.confirmStored(), this.options.lower.confirmStored()]);
  }

  async forget(index: number): Promise<void> {
    this.fetching.delete(index);
    this.behind.remove(index);
    const { upper, lower, isLowerShared = false } = this.options;
    await Promise.all([upper.forget(index), isLowerShared || lower.forget(index)]);
  }

  async evict(indexes: readonly number[]): Promise<readonly number[]> {
    for (const index of indexes) {
      this.fetching.delete(index);
      this.behind.remove(index);
    }
    const { upper, lower } = this.options;
    const [above, below] = await Promise.all([upper.evict(indexes), lower.evict(indexes)]);
    return above.filter((index) => below.includes(index));
  }

  /** The lower store has lost a chunk that it had taken. */
  lostBelow(index: number): void {
    this.behind.add(index);
    getChunk(this.options.upper, index, { offset: 0, length: 0 }).catch(() => this.lostAbove(index));
  }

  /** The upper store has given a chunk up. */
  lostAbove(index: number): void {
    if (this.behind.remove(index)) this.options.onLost?.(index);
  }

  protected async write({ index }: KnownChunk, chunk: Uint8Array): Promise<void> {
    const { upper, lower } = this.options;
    // What is being fetched is older than this.
    this.fetching.delete(index);
    const above = putChunk(upper, index, chunk);
    const below = putChunk(lower, index, chunk);
    // Both are looked at below, but one after the other.
    below.catch(() => undefined);
    const isAbove = await above.then(
      () => true,
      () => false,
    );
    try {
      await below;
      this.behind.remove(index);
    } catch (error) {
      if (!isAbove) throw error;
      if (this.options.mayLag) this.behind.add(index);
      else {
        await upper.forget(index);
        throw error;
      }
    }
  }

  protected async read({ index, length }: KnownChunk, { start, end }: ChunkSpan): Promise<Uint8Array> {
    const { upper, isIntact } = this.options;
    try {
      const chunk = await getChunk(upper, index, { offset: start, length: end - start });
      if (end - start < length || (isIntact?.(index, chunk) ?? true)) return chunk;
      await upper.forget(index);
    } catch (error) {
      if (!(error instanceof ChunkMissingError)) throw error;
    }
    if (!this.isWorthWhole(index, start, end, length))
      return getChunk(this.options.lower, index, { offset: start, length: end - start });
    return (await this.fetch(index)).subarray(start, end);
  }

  private isWorthWhole(index: number, start: number, end: number, length: number): boolean {
    if (this.options.readWhole === 'always' || end - start === length || this.fetching.has(index))
      return true;
    const goesOn = this.lastEnds.get(index) === start;
    this.lastEnds.delete(index);
    this.lastEnds.set(index, end);
    for (const oldest of this.lastEnds.keys()) {
      if (this.lastEnds.size <= maxRemembered) break;
      this.lastEnds.delete(oldest);
    }
    return goesOn;
  }

  private fetch(index: number): Promise<Uint8Array> {
    const underWay = this.fetching.get(index);
    if (underWay) return underWay;
    const fetched = getChunk(this.options.lower, index);
    this.fetching.set(index, fetched);
    void this.track(this.promote(index, fetched));
    return fetched;
  }

  private async promote(index: number, fetched: Promise<Uint8Array>): Promise<void> {
    try {
      const chunk = await fetched;
      if (this.fetching.get(index) === fetched) await putChunk(this.options.upper, index, chunk);
    } catch {
      // It is missing below, which whoever asked hears, or there is no room above, which harms nobody.
    } finally {
      if (this.fetching.get(index) === fetched) this.fetching.delete(index);
    }
  }

  private async offer(index: number): Promise<void> {
    const { upper, lower, isIntact } = this.options;
    const chunk = await getChunk(upper, index).catch(() => null);
    if (!chunk) this.lostAbove(index);
    else if (isIntact?.(index, chunk) ?? true) await putChunk(lower, index, chunk);
  }

  protected override ending(): Promise<void> {
    this.behind.close();
    return Promise.resolve();
  }

  protected async end(remove: boolean): Promise<void> {
    const endOf = remove ? destroyStore : closeStore;
    await Promise.all([endOf(this.options.upper), endOf(this.options.lower)]);
  }
}
