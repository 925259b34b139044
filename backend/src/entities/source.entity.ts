import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment, wideInteger } from './column-types.js';
import { Movie } from './movie.entity.js';

/** Where an indexer keeps a .torrent file. Never handed to a browser. */
export interface SourceLink {
  indexer: string;
  /** Without any key. */
  url: string;
}

/** A release of a film, or of an episode, that some indexer knows. A pack has a row for each episode it was found for. */
@Entity({ name: 'sources' })
@Index('sources_movie_info_hash', ['movieId', 'infoHash'], { unique: true })
@Index('sources_episode_info_hash', ['episodeId', 'infoHash'], { unique: true })
@Index('sources_info_hash', ['infoHash'])
export class Source {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** Null of an episode's. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  movieId!: string | null;

  /** Null of a film's. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  episodeId!: string | null;

  @ManyToOne(() => Movie, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'movieId', foreignKeyConstraintName: 'sources_movie_fk' })
  movie?: Relation<Movie>;

  /** 40 lower-case hex digits. */
  @Column({ type: 'varchar', length: 40 })
  infoHash!: string;

  /** Name of the one that told of it first. */
  @Column({ type: 'varchar', length: 64 })
  indexer!: string;

  /** Names of all that know it. */
  @Column({ type: 'simple-json' })
  indexers!: string[];

  /** The release name. */
  @Column({ type: 'varchar', length: 512 })
  title!: string;

  /** `2160p`, `1080p`, ... */
  @Column({ type: 'varchar', length: 16, nullable: true })
  resolution!: string | null;

  @Column({ type: 'varchar', length: 16, nullable: true })
  videoCodec!: string | null;

  @Column({ type: 'varchar', length: 16, nullable: true })
  audioCodec!: string | null;

  /** `2.0`, `5.1`, ... */
  @Column({ type: 'varchar', length: 8, nullable: true })
  audioChannels!: string | null;

  /** `bluray`, `web`, ... */
  @Column({ type: 'varchar', length: 32, nullable: true })
  releaseType!: string | null;

  @Column({ type: 'bigint', nullable: true, transformer: wideInteger })
  sizeBytes!: number | null;

  @Column({ type: 'integer', nullable: true })
  seeders!: number | null;

  @Column({ type: 'integer', nullable: true })
  leechers!: number | null;

  @Column({ type: 'simple-json' })
  links!: SourceLink[];

  /** Trackers the indexers name for it. */
  @Column({ type: 'simple-json' })
  announce!: string[];

  /** Web seeds (BEP 19) the indexers name for it. */
  @Column({ type: 'simple-json' })
  webSeeds!: string[];

  /** Why it is not offered although its name fits, for people: what its list of files told. Null = offered. */
  @Column({ type: 'varchar', length: 200, nullable: true })
  refusal!: string | null;

  /** When trackers were last asked how many seed it; null when only indexers told. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  countedAt!: Date | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  uploadedAt!: Date | null;

  @Column({ type: 'bigint', transformer: moment })
  firstSeenAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  lastSeenAt!: Date;
}
