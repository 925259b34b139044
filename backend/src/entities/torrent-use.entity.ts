import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';

/** Who played what is stored of a torrent, and as which title: one row for each user. */
@Entity({ name: 'torrent_uses' })
@Index('torrent_uses_user', ['userId'])
export class TorrentUse {
  /** 40 lower-case hex digits. */
  @PrimaryColumn({ type: 'varchar', length: 40 })
  infoHash!: string;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'torrent_uses_user_fk' })
  user?: Relation<User>;

  /** As it was called when it was played. */
  @Column({ type: 'varchar', length: 512 })
  title!: string;

  /** Our id of the film; null for a torrent that a user brought. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  mediaId!: string | null;

  @Column({ type: 'bigint', transformer: moment })
  lastUsedAt!: Date;
}
