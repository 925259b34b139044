import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A genre; TMDB numbers those of films and of series apart. */
@Entity({ name: 'genres' })
export class Genre {
  /** Lower-case words of the English name with hyphens: `science-fiction`. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** In English. */
  @Column({ type: 'varchar', length: 100 })
  name!: string;

  @Index('genres_tmdb_movie_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tmdbMovieId!: number | null;

  @Index('genres_tmdb_show_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tmdbShowId!: number | null;
}
