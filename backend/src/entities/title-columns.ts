import { Column } from 'typeorm';
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

/** What films and series have in common. */
export abstract class TitleColumns {
  @Column({ type: 'varchar', length: 512 })
  title!: string;

  @Column({ type: 'varchar', length: 512 })
  originalTitle!: string;

  /** ISO 639-1. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  originalLanguage!: string | null;

  /** Of a series, that of its first episode. */
  @Column({ type: 'integer', nullable: true })
  year!: number | null;

  /** YYYY-MM-DD; of a series, that of its first episode. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  releaseDate!: string | null;

  @Column({ type: 'text' })
  overview!: string;

  @Column({ type: 'text' })
  tagline!: string;

  /** Of a series, that of a typical episode. */
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

  @Column({ type: 'simple-json' })
  genres!: string[];

  @Column({ type: 'simple-json' })
  cast!: CastMember[];

  @Column({ type: 'simple-json', nullable: true })
  videos!: Video[] | null;

  /** Alternative titles and translations; null while the provider's page was not read for them. */
  @Column({ type: 'simple-json', nullable: true })
  aliases!: string[] | null;

  /** ISO 3166-1 codes of where it was made; null when they are not known. */
  @Column({ type: 'simple-json', nullable: true })
  originCountries!: string[] | null;

  /** The provider no longer knows it (deleted or merged there). */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  goneAt!: Date | null;

  /** Null while only a summary (from a list or a search) is known. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  detailsFetchedAt!: Date | null;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
