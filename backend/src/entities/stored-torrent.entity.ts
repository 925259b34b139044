import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment, wideInteger } from './column-types.js';

/** A torrent whose metadata is known and checked, kept so that the next play does not have to ask the swarm for it. */
@Entity({ name: 'stored_torrents' })
export class StoredTorrent {
  /** 40 lower-case hex digits. */
  @PrimaryColumn({ type: 'varchar', length: 40 })
  infoHash!: string;

  @Column({ type: 'varchar', length: 512 })
  name!: string;

  /** The .torrent file. */
  @Column({ type: 'blob' })
  torrentFile!: Uint8Array;

  /** Sum of its files, bytes. */
  @Column({ type: 'bigint', transformer: wideInteger })
  length!: number;

  @Index('stored_torrents_last_used')
  @Column({ type: 'bigint', transformer: moment })
  lastUsedAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  /** Since when an administrator keeps it from being removed to make room; null otherwise. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  pinnedAt!: Date | null;
}
