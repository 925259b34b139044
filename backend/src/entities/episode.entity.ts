import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { TVShow } from './tv-show.entity.js';

/** An episode, by its place in the series. */
@Entity({ name: 'episodes' })
@Index('episodes_place', ['showId', 'seasonNumber', 'number'], { unique: true })
export class Episode {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  showId!: string;

  @ManyToOne(() => TVShow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'showId', foreignKeyConstraintName: 'episodes_show_fk' })
  show?: Relation<TVShow>;

  @Column({ type: 'integer' })
  seasonNumber!: number;

  /** Numbers may have gaps and need not begin at 1. */
  @Column({ type: 'integer' })
  number!: number;

  @Index('episodes_tmdb_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tmdbId!: number | null;

  @Column({ type: 'varchar', length: 512 })
  title!: string;

  @Column({ type: 'text' })
  overview!: string;

  /** YYYY-MM-DD. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  airDate!: string | null;

  @Column({ type: 'integer', nullable: true })
  runtimeSeconds!: number | null;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  stillPath!: string | null;

  @Column({ type: 'real', nullable: true })
  rating!: number | null;

  /** `standard`, `finale`, ... */
  @Column({ type: 'varchar', length: 32, nullable: true })
  kind!: string | null;
}
