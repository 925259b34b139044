import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** An indexer that is asked for releases, or was. */
@Entity({ name: 'indexers' })
@Index('indexers_name', ['name'], { unique: true })
export class Indexer {
  /** Of a built-in one its kind. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** `torznab`, `yts`, ...: a folder of trackers/. */
  @Column({ type: 'varchar', length: 32 })
  kind!: string;

  /** For people; stored with each release it tells of. */
  @Column({ type: 'varchar', length: 64 })
  name!: string;

  /** Of two that know a release the one with the lower number counts. */
  @Column({ type: 'integer' })
  position!: number;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column({ type: 'simple-json' })
  urls!: string[];

  /** Sealed under a key that is not in the database; null when it needs none. */
  @Column({ type: 'varchar', length: 1024, nullable: true })
  sealedApiKey!: string | null;

  @Column({ type: 'simple-json' })
  categories!: number[];

  /** How the last search went: null while never asked or when all was well. */
  @Column({ type: 'varchar', length: 300, nullable: true })
  lastError!: string | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  lastErrorAt!: Date | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  lastOkAt!: Date | null;

  /** Mean over the searches of about the last day, milliseconds. */
  @Column({ type: 'integer', nullable: true })
  responseMs!: number | null;

  /** Mean number of releases that a search found. */
  @Column({ type: 'real', nullable: true })
  resultsPerSearch!: number | null;

  @Column({ type: 'integer' })
  searches!: number;

  @Column({ type: 'integer' })
  failures!: number;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
