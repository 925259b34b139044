import { Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { User } from './user.entity.js';

/** A title that was on the watchlist at both ends when it was read last: by it a removal is told from an addition. */
@Entity({ name: 'trakt_watchlist' })
export class TraktWatchlistItem {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'trakt_watchlist_user_fk' })
  user?: Relation<User>;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  mediaId!: string;
}
