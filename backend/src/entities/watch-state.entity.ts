import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';
import { WatchedColumns } from './watched-columns.js';

/** Where a user stands with a film or an episode: what the log folds to, kept so that pages need not fold. */
@Entity({ name: 'watch_states' })
@Index('watch_states_media', ['userId', 'mediaId'])
@Index('watch_states_season', ['mediaId', 'season'])
@Index('watch_states_activity', ['userId', 'lastActivityAt'])
export class WatchState extends WatchedColumns {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'watch_states_user_fk' })
  user?: Relation<User>;

  @PrimaryColumn({ type: 'varchar', length: 96 })
  titleKey!: string;

  /** Null when only `fraction` is known. */
  @Column({ type: 'real', nullable: true })
  positionSeconds!: number | null;

  @Column({ type: 'real', nullable: true })
  durationSeconds!: number | null;

  /** 0 to 1. */
  @Column({ type: 'real' })
  fraction!: number;

  /** There is a place to go on from. */
  @Column({ type: 'boolean' })
  inProgress!: boolean;

  /** Taken out of "continue watching", until it is watched again. */
  @Column({ type: 'boolean' })
  dismissed!: boolean;

  /** How often it was watched to the end. */
  @Column({ type: 'integer' })
  plays!: number;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  watchedAt!: Date | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  lastActivityAt!: Date | null;
}
