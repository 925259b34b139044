import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { TitleColumns } from './title-columns.js';

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
@Index('shows_details_fetched', ['detailsFetchedAt'])
@Index('shows_next_air_date', ['nextAirDate', 'id'])
export class TVShow extends TitleColumns {
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

  @Column({ type: 'varchar', length: 10, nullable: true })
  lastAirDate!: string | null;

  /** Of the episode to come: when it is over, the series is asked for again. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  nextAirDate!: string | null;

  /** `Returning Series`, `Ended`, ... */
  @Column({ type: 'varchar', length: 32, nullable: true })
  status!: string | null;

  @Column({ type: 'simple-json' })
  creators!: string[];

  @Column({ type: 'simple-json' })
  networks!: string[];

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
}
