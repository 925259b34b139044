import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment, wideInteger } from './column-types.js';
import { Movie } from './movie.entity.js';

/** A release of a film that some indexer knows. */
@Entity({ name: 'sources' })
@Index('sources_movie_info_hash', ['movieId', 'infoHash'], { unique: true })
export class Source {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  movieId!: string;

  @ManyToOne(() => Movie, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'movieId', foreignKeyConstraintName: 'sources_movie_fk' })
  movie?: Relation<Movie>;

  /** 40 lower-case hex digits. */
  @Column({ type: 'varchar', length: 40 })
  infoHash!: string;

  @Column({ type: 'varchar', length: 64 })
  indexer!: string;

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

  /** Where the indexer keeps the .torrent file. */
  @Column({ type: 'varchar', length: 2048, nullable: true })
  torrentUrl!: string | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  uploadedAt!: Date | null;

  @Column({ type: 'bigint', transformer: moment })
  firstSeenAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  lastSeenAt!: Date;
}
