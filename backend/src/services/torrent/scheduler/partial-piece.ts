/** What a partial piece must know of a request. */
export interface BlockAsk {
  readonly block: number;
  readonly isHedge: boolean;
  readonly peer: { readonly id: string; readonly isSnubbed: boolean; isAble(now: number): boolean };
}

/** A piece that has been begun: which blocks are there, and of whom the others are asked. */
export class PartialPiece<Ask extends BlockAsk> {
  private readonly here: Uint8Array;
  private readonly asked: (Ask | undefined)[];
  /** Second requests for a block, and those of snubbed peers. Few. */
  private readonly second: Ask[] = [];
  private readonly senders: (string | undefined)[];
  private lowestMissing = 0;
  /** Blocks neither here nor asked for. */
  missing: number;
  received = 0;
  /** Only this peer may send blocks: it is under suspicion, and alone it either clears or convicts itself. */
  onlyPeer: string | null = null;
  /** Only these may, after the piece has failed. */
  onlyPeers: ReadonlySet<string> | null = null;
  /** How many pieces had been begun with this one; the lowest is dropped first. */
  begun = 0;

  constructor(
    readonly index: number,
    readonly blocks: number,
    readonly bytes: number,
  ) {
    this.missing = blocks;
    this.here = new Uint8Array(blocks);
    this.asked = new Array<Ask | undefined>(blocks);
    this.senders = new Array<string | undefined>(blocks);
  }

  get isWhole(): boolean {
    return this.received === this.blocks;
  }

  get isUntouched(): boolean {
    return this.missing === this.blocks && this.second.length === 0;
  }

  mayCome(peerId: string): boolean {
    if (this.onlyPeer !== null) return this.onlyPeer === peerId;
    return this.onlyPeers?.has(peerId) ?? true;
  }

  isHere(block: number): boolean {
    return this.here[block] === 1;
  }

  /** The first block nobody is asked for that `peerId` is not already asked for; -1 if there is none. */
  nextMissing(peerId: string): number {
    if (this.missing === 0) return -1;
    for (let block = this.lowestMissing; block < this.blocks; block++) {
      if (this.here[block] === 1 || this.asked[block]) continue;
      if (this.second.length > 0 && this.second.some((ask) => ask.block === block && ask.peer.id === peerId))
        continue;
      return block;
    }
    return -1;
  }

  ask(ask: Ask): void {
    if (ask.isHedge) this.second.push(ask);
    else {
      this.asked[ask.block] = ask;
      this.missing -= 1;
      if (ask.block === this.lowestMissing) this.lowestMissing += 1;
    }
  }

  /** Takes a request back; the block's second request takes its place, else the block is missing again. */
  release(ask: Ask): void {
    const place = this.second.indexOf(ask);
    if (place >= 0) {
      this.second.splice(place, 1);
      return;
    }
    if (this.asked[ask.block] !== ask) return;
    const heir = this.second.findIndex((other) => other.block === ask.block && !other.peer.isSnubbed);
    this.asked[ask.block] = heir >= 0 ? this.second.splice(heir, 1)[0] : undefined;
    if (heir < 0) this.becomesMissing(ask.block);
  }

  /** The block may be asked of others though the request stays: its peer is silent. */
  demote(ask: Ask): void {
    if (this.asked[ask.block] !== ask) return;
    this.release(ask);
    this.second.push(ask);
  }

  /** Marks a block as here; gives all requests for it, which are off the books now. */
  receive(block: number, peerId: string): Ask[] {
    const asks = this.second.filter((ask) => ask.block === block);
    for (const ask of asks) this.second.splice(this.second.indexOf(ask), 1);
    const first = this.asked[block];
    if (first) asks.push(first);
    else this.missing -= 1;
    this.asked[block] = undefined;
    this.here[block] = 1;
    this.senders[block] = peerId;
    this.received += 1;
    return asks;
  }

  /** Asked of a second peer that has not gone quiet as well. */
  hasSecond(block: number, now: number): boolean {
    return this.second.some((ask) => ask.block === block && ask.peer.isAble(now));
  }

  isAskedOf(block: number, peerId: string): boolean {
    return (
      this.asked[block]?.peer.id === peerId ||
      this.second.some((ask) => ask.block === block && ask.peer.id === peerId)
    );
  }

  asks(): Ask[] {
    return [...this.asked.filter((ask) => ask !== undefined), ...this.second];
  }

  /** Who sent the blocks that are here, each once. */
  contributors(): Set<string> {
    return new Set(this.senders.filter((sender) => sender !== undefined));
  }

  private becomesMissing(block: number): void {
    this.missing += 1;
    this.lowestMissing = Math.min(this.lowestMissing, block);
  }
}
