import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { TVShow } from './tv-show.entity.js';

/** A season; number 0 holds the specials. */
@Entity({ name: 'seasons' })
@Index('seasons_show_number', ['showId', 'number'], { unique: true })
export class Season {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  showId!: string;

  @ManyToOne(() => TVShow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'showId', foreignKeyConstraintName: 'seasons_show_fk' })
  show?: Relation<TVShow>;

  @Column({ type: 'integer' })
  number!: number;

  @Index('seasons_tmdb_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tmdbId!: number | null;

  @Column({ type: 'varchar', length: 512 })
  title!: string;

  @Column({ type: 'text' })
  overview!: string;

  /** YYYY-MM-DD. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  airDate!: string | null;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  posterPath!: string | null;

  @Column({ type: 'integer' })
  episodeCount!: number;

  /** When its episodes were last read; null while they never were. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  episodesFetchedAt!: Date | null;
}
