import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';
import type { WatchOrigin } from './watch-event.entity.js';
import { WatchedColumns } from './watched-columns.js';

/** A line of the history: one time that something was watched to its end. Folded from the log, like `WatchState`. */
@Entity({ name: 'watch_plays' })
@Index('watch_plays_history', ['userId', 'watchedAt', 'id'])
@Index('watch_plays_title', ['userId', 'titleKey'])
export class WatchPlay extends WatchedColumns {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'watch_plays_user_fk' })
  user?: Relation<User>;

  /** Of the event that made it. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 96 })
  titleKey!: string;

  @Column({ type: 'bigint', transformer: moment })
  watchedAt!: Date;

  @Column({ type: 'varchar', length: 16 })
  origin!: WatchOrigin;
}
