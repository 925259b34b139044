import type { ChunkStore } from '../../chunk-stores/chunk-store.js';
import type { ChunkStores, NewChunkStore } from '../../chunk-stores/chunk-stores.js';
import type { AddOptions } from './swarm-shapes.js';

/** Whoever fetches pieces: hears of those that are lost, and says which are wanted and which are what they should be. */
export type PieceOwner = Required<Pick<NewChunkStore, 'onLost' | 'isWanted' | 'isIntact'>>;

/** The chunk store of one joined torrent, which the library makes as soon as it knows the torrent's pieces. */
export class TorrentStore {
  private owner: PieceOwner | null = null;
  private chunks: ChunkStore | null = null;
  private isIntact: PieceOwner['isIntact'] = () => true;

  constructor(
    readonly stores: ChunkStores,
    private readonly infoHash: string,
  ) {}

  /** What the library calls with `new`: what a constructor returns takes the place of `this`. */
  get forLibrary(): AddOptions['store'] {
    const create = this.create.bind(this);
    return function Store(chunkLength, { length, files }) {
      return create({ chunkLength, length, files });
    };
  }

  /** How pieces are looked at before there is an owner: while the library makes sure of what is stored. */
  checkBy(isIntact: PieceOwner['isIntact']): void {
    this.isIntact = isIntact;
  }

  /** From now on `owner` hears of what is lost. */
  bind(owner: PieceOwner): void {
    this.owner = owner;
  }

  /** Whether the bytes of a piece may be written over once it is stored. */
  get isDoneWithPuts(): boolean {
    return this.chunks?.isDoneWithPuts ?? false;
  }

  /** Gives back the room of pieces; answers which can still be read, because others share them. */
  async evict(pieces: readonly number[]): Promise<number[]> {
    const gone = new Set(await this.chunks?.evict(pieces));
    return pieces.filter((piece) => !gone.has(piece));
  }

  private create(layout: Pick<NewChunkStore, 'chunkLength' | 'length' | 'files'>): object {
    this.chunks = this.stores.create({
      ...layout,
      infoHash: this.infoHash,
      // Verified pieces are served from our memory until they are written, and we want to know when they are.
      maxPendingBytes: 0,
      onLost: (piece) => this.owner?.onLost(piece),
      isWanted: (piece) => this.owner?.isWanted(piece) ?? true,
      isIntact: (piece, chunk) => (this.owner?.isIntact ?? this.isIntact)(piece, chunk),
    });
    return this.chunks;
  }
}
