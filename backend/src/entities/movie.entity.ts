import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { TitleColumns } from './title-columns.js';

/** A film. The id is ours; what providers call it are attributes, each of them unique. */
@Entity({ name: 'movies' })
@Index('movies_details_fetched', ['detailsFetchedAt'])
export class Movie extends TitleColumns {
  /** Not stored: tells films from series where both are handled. */
  readonly type = 'movie' as const;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Index('movies_tmdb_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tmdbId!: number | null;

  /** `tt` and digits. */
  @Index('movies_imdb_id', { unique: true })
  @Column({ type: 'varchar', length: 16, nullable: true })
  imdbId!: string | null;

  /** Item name at the Internet Archive. */
  @Index('movies_archive_id', { unique: true })
  @Column({ type: 'varchar', length: 128, nullable: true })
  archiveId!: string | null;

  /** Name in the built-in list of open films. */
  @Index('movies_open_film_id', { unique: true })
  @Column({ type: 'varchar', length: 128, nullable: true })
  openFilmId!: string | null;

  /** Of what the Internet Archive offers. */
  @Column({ type: 'varchar', length: 512, nullable: true })
  licenseUrl!: string | null;

  /** Set on a film that turned out to be another one, which stands for it from then on. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  mergedIntoId!: string | null;

  @Column({ type: 'simple-json' })
  directors!: string[];
}
