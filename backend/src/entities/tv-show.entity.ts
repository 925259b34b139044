import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';
import type { CastMember, Video } from './movie.entity.js';

/** An episode as its series tells of it. */
export interface EpisodeHint {
  seasonNumber: number;
  number: number;
  title: string;
  /** YYYY-MM-DD. */
  airDate: string | null;
}

/** A series. The id is ours; what providers call it are attributes, each of them unique. */
@Entity({ name: 'shows' })
@Index('shows_next_air_date', ['nextAirDate', 'id'])
export class TVShow {
  /** Not stored: tells films from series where both are handled. */
  readonly type = 'show' as const;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Index('shows_tmdb_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tmdbId!: number | null;

  /** `tt` and digits. */
  @Index('shows_imdb_id', { unique: true })
  @Column({ type: 'varchar', length: 16, nullable: true })
  imdbId!: string | null;

  @Index('shows_tvdb_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tvdbId!: number | null;

  @Column({ type: 'varchar', length: 512 })
  title!: string;

  @Column({ type: 'varchar', length: 512 })
  originalTitle!: string;

  /** ISO 639-1. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  originalLanguage!: string | null;

  /** Of the first episode. */
  @Column({ type: 'integer', nullable: true })
  year!: number | null;

  /** Of the first episode. YYYY-MM-DD. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  releaseDate!: string | null;

  @Column({ type: 'varchar', length: 10, nullable: true })
  lastAirDate!: string | null;

  /** Of the episode to come: when it is over, the series is asked for again. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  nextAirDate!: string | null;

  /** `Returning Series`, `Ended`, ... */
  @Column({ type: 'varchar', length: 32, nullable: true })
  status!: string | null;

  @Column({ type: 'text' })
  overview!: string;

  @Column({ type: 'text' })
  tagline!: string;

  /** Of a typical episode. */
  @Column({ type: 'integer', nullable: true })
  runtimeSeconds!: number | null;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  posterPath!: string | null;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  backdropPath!: string | null;

  /** 0 to 10. */
  @Column({ type: 'real', nullable: true })
  rating!: number | null;

  @Column({ type: 'integer' })
  voteCount!: number;

  @Column({ type: 'varchar', length: 32, nullable: true })
  certification!: string | null;

  /** Years; null when nobody has said for whom it is. */
  @Column({ type: 'integer', nullable: true })
  minimumAge!: number | null;

  @Column({ type: 'real', nullable: true })
  popularity!: number | null;

  @Column({ type: 'simple-json' })
  genres!: string[];

  @Column({ type: 'simple-json' })
  creators!: string[];

  @Column({ type: 'simple-json' })
  networks!: string[];

  @Column({ type: 'simple-json' })
  cast!: CastMember[];

  @Column({ type: 'simple-json', nullable: true })
  videos!: Video[] | null;

  @Column({ type: 'simple-json', nullable: true })
  lastEpisode!: EpisodeHint | null;

  @Column({ type: 'simple-json', nullable: true })
  nextEpisode!: EpisodeHint | null;

  /** Without specials. */
  @Column({ type: 'integer', nullable: true })
  seasonCount!: number | null;

  /** Without specials. */
  @Column({ type: 'integer', nullable: true })
  episodeCount!: number | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  goneAt!: Date | null;

  /** Null while only a summary is known. */
  @Index('shows_details_fetched')
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  detailsFetchedAt!: Date | null;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
