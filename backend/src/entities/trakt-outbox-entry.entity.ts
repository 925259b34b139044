import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';
import { WatchedColumns } from './watched-columns.js';

export const traktTasks = [
  'scrobble',
  'history-add',
  'history-remove',
  'watchlist-add',
  'watchlist-remove',
  'rating-set',
  'rating-remove',
] as const;
export type TraktTask = (typeof traktTasks)[number];

/** `sending` outlives a crash only when nobody knows whether Trakt has it: then it is looked up before it is sent again. */
export type TraktOutboxState = 'waiting' | 'sending' | 'given-up';

/** What Trakt has to be told, until it knows. */
@Entity({ name: 'trakt_outbox' })
@Index('trakt_outbox_due', ['state', 'dueAt'])
@Index('trakt_outbox_user', ['userId', 'id'])
export class TraktOutboxEntry extends WatchedColumns {
  /** In the order of what happened. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'trakt_outbox_user_fk' })
  user?: Relation<User>;

  @Column({ type: 'varchar', length: 16 })
  task!: TraktTask;

  @Column({ type: 'varchar', length: 96 })
  titleKey!: string;

  /** Of a scrobble: start, pause or stop. */
  @Column({ type: 'varchar', length: 8, nullable: true })
  action!: 'start' | 'pause' | 'stop' | null;

  /** Per cent; of a rating 1 to 10. */
  @Column({ type: 'real', nullable: true })
  progress!: number | null;

  /** When it happened here. */
  @Column({ type: 'bigint', transformer: moment })
  at!: Date;

  /** Our event, or the line of Trakt's history that is to go; of the watchlist and of ratings our title. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  reference!: string | null;

  @Column({ type: 'varchar', length: 16 })
  state!: TraktOutboxState;

  @Column({ type: 'integer' })
  attempts!: number;

  @Column({ type: 'bigint', transformer: moment })
  dueAt!: Date;

  /** Why it still waits, in one sentence. */
  @Column({ type: 'varchar', length: 512, nullable: true })
  reason!: string | null;
}
