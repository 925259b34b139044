import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';
import { WatchedColumns } from './watched-columns.js';

/** What somebody thinks of a film, a show or an episode, said here or at Trakt. */
@Entity({ name: 'ratings' })
export class Rating extends WatchedColumns {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'ratings_user_fk' })
  user?: Relation<User>;

  /** The title's id; of an episode with its place behind it. */
  @PrimaryColumn({ type: 'varchar', length: 96 })
  titleKey!: string;

  /** 1 to 10. */
  @Column({ type: 'integer' })
  rating!: number;

  @Column({ type: 'bigint', transformer: moment })
  ratedAt!: Date;

  /** When Trakt was last known to say the same; null when it was never told, or not of this. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  seenAt!: Date | null;
}
