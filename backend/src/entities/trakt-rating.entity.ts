import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';
import { WatchedColumns } from './watched-columns.js';

/** What somebody thinks of a film, a show or an episode, said at Trakt. */
@Entity({ name: 'trakt_ratings' })
export class TraktRating extends WatchedColumns {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'trakt_ratings_user_fk' })
  user?: Relation<User>;

  /** The title's id; of an episode with its place behind it. */
  @PrimaryColumn({ type: 'varchar', length: 96 })
  titleKey!: string;

  /** 1 to 10. */
  @Column({ type: 'integer' })
  rating!: number;

  @Column({ type: 'bigint', transformer: moment })
  ratedAt!: Date;

  /** When a reading of all ratings found it last. */
  @Column({ type: 'bigint', transformer: moment })
  seenAt!: Date;
}
