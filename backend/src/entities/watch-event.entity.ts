import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';
import { WatchedColumns } from './watched-columns.js';

/** What can happen between a user and a title. `undone` takes another event back, `removed` one play or all of them. */
export const watchEventKinds = [
  'started',
  'position',
  'paused',
  'finished',
  'marked',
  'unmarked',
  'removed',
  'dismissed',
  'undone',
] as const;
export type WatchEventKind = (typeof watchEventKinds)[number];

export type WatchOrigin = 'player' | 'manual' | 'trakt';

/** One line of the log of what somebody watched. Lines are added and never changed. */
@Entity({ name: 'watch_events' })
@Index('watch_events_title', ['userId', 'titleKey'])
@Index('watch_events_change', ['userId', 'changeId'])
export class WatchEvent extends WatchedColumns {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'watch_events_user_fk' })
  user?: Relation<User>;

  /** Made by whoever saw it happen, so that telling it twice changes nothing. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** Names the film or episode: `titleKeyOf` in services/watch. */
  @Column({ type: 'varchar', length: 96 })
  titleKey!: string;

  @Column({ type: 'varchar', length: 16 })
  kind!: WatchEventKind;

  /** When it happened, by the server's clock. With `counter`, `device` and `id` the total order of the log. */
  @Column({ type: 'bigint', transformer: moment })
  at!: Date;

  @Column({ type: 'integer' })
  counter!: number;

  @Column({ type: 'varchar', length: 64 })
  device!: string;

  /** The event that this one is about. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  targetId!: string | null;

  /** Events of one act share it: a sitting in front of the player, the marking of a season. */
  @Column({ type: 'varchar', length: 64 })
  changeId!: string;

  @Column({ type: 'varchar', length: 16 })
  origin!: WatchOrigin;

  @Column({ type: 'real', nullable: true })
  positionSeconds!: number | null;

  @Column({ type: 'real', nullable: true })
  durationSeconds!: number | null;

  /** 0 to 1; all that is known of a position which Trakt told. */
  @Column({ type: 'real', nullable: true })
  fraction!: number | null;

  @Column({ type: 'bigint', transformer: moment })
  receivedAt!: Date;
}
