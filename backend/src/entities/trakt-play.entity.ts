import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';

/** A line of Trakt's history as we saw it last. */
@Entity({ name: 'trakt_plays' })
@Index('trakt_plays_seen', ['userId', 'seenAt'])
export class TraktPlay {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'trakt_plays_user_fk' })
  user?: Relation<User>;

  /** Trakt's id of the line; it exceeds 32 bits. */
  @PrimaryColumn({ type: 'varchar', length: 24 })
  remoteId!: string;

  /** Null for one that names nothing we could know; it is counted all the same. */
  @Column({ type: 'varchar', length: 96, nullable: true })
  titleKey!: string | null;

  /** Milliseconds since 1970, from a reading of the whole history: what an older one saw last is gone. */
  @Column({ type: 'bigint', transformer: moment })
  seenAt!: Date;
}
