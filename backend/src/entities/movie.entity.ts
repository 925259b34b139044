import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

export interface CastMember {
  name: string;
  character: string;
}

/** A trailer or the like, at a site that plays videos. */
export interface Video {
  name: string;
  /** `YouTube` or `Vimeo`. */
  site: string;
  /** Its name there: letters, digits, `-` and `_`. */
  key: string;
  /** `Trailer`, `Teaser`, `Clip`, ... */
  kind: string;
  /** ISO 639-1. */
  language: string | null;
  official: boolean;
}

/** A film. The id is ours; what providers call it are attributes, each of them unique. */
@Entity({ name: 'movies' })
export class Movie {
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

  @Column({ type: 'varchar', length: 512 })
  title!: string;

  @Column({ type: 'varchar', length: 512 })
  originalTitle!: string;

  /** ISO 639-1. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  originalLanguage!: string | null;

  @Column({ type: 'integer', nullable: true })
  year!: number | null;

  /** YYYY-MM-DD. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  releaseDate!: string | null;

  @Column({ type: 'text' })
  overview!: string;

  @Column({ type: 'text' })
  tagline!: string;

  @Column({ type: 'integer', nullable: true })
  runtimeSeconds!: number | null;

  /** Path or address as the provider gave it; never handed to a browser as it is. */
  @Column({ type: 'varchar', length: 1024, nullable: true })
  posterPath!: string | null;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  backdropPath!: string | null;

  /** 0 to 10. */
  @Column({ type: 'real', nullable: true })
  rating!: number | null;

  @Column({ type: 'integer' })
  voteCount!: number;

  /** Age rating as printed on the box, for example `PG-13`. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  certification!: string | null;

  /** Years; null when nobody has said for whom it is. */
  @Column({ type: 'integer', nullable: true })
  minimumAge!: number | null;

  /** Without a unit; larger is more popular. */
  @Column({ type: 'real', nullable: true })
  popularity!: number | null;

  @Column({ type: 'simple-json', nullable: true })
  videos!: Video[] | null;

  /** Of what the Internet Archive offers. */
  @Column({ type: 'varchar', length: 512, nullable: true })
  licenseUrl!: string | null;

  /** Set on a film that turned out to be another one, which stands for it from then on. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  mergedIntoId!: string | null;

  /** The provider no longer knows it (deleted or merged there). */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  goneAt!: Date | null;

  @Column({ type: 'simple-json' })
  genres!: string[];

  @Column({ type: 'simple-json' })
  directors!: string[];

  @Column({ type: 'simple-json' })
  cast!: CastMember[];

  /** Null while only a summary (from a list or a search) is known. */
  @Index('movies_details_fetched')
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  detailsFetchedAt!: Date | null;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
