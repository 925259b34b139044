import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';

/** What somebody thinks of a film, a show or an episode, said at Trakt. */
@Entity({ name: 'trakt_ratings' })
export class TraktRating {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'trakt_ratings_user_fk' })
  user?: Relation<User>;

  /** The title's id; of an episode with its place behind it. */
  @PrimaryColumn({ type: 'varchar', length: 96 })
  titleKey!: string;

  @Column({ type: 'varchar', length: 64 })
  mediaId!: string;

  @Column({ type: 'integer', nullable: true })
  season!: number | null;

  @Column({ type: 'integer', nullable: true })
  episode!: number | null;

  /** 1 to 10. */
  @Column({ type: 'integer' })
  rating!: number;

  @Column({ type: 'bigint', transformer: moment })
  ratedAt!: Date;

  /** When a reading of all ratings found it last. */
  @Column({ type: 'bigint', transformer: moment })
  seenAt!: Date;
}
