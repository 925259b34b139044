import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** Somebody who made films or series, or plays in them. */
@Entity({ name: 'people' })
export class Person {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Index('people_tmdb_id', { unique: true })
  @Column({ type: 'integer', nullable: true })
  tmdbId!: number | null;

  @Column({ type: 'varchar', length: 200 })
  name!: string;

  @Column({ type: 'text' })
  biography!: string;

  /** YYYY-MM-DD. */
  @Column({ type: 'varchar', length: 10, nullable: true })
  birthday!: string | null;

  @Column({ type: 'varchar', length: 10, nullable: true })
  deathday!: string | null;

  @Column({ type: 'varchar', length: 200, nullable: true })
  birthplace!: string | null;

  /** `Acting`, `Directing`, ... */
  @Column({ type: 'varchar', length: 64, nullable: true })
  knownFor!: string | null;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  profilePath!: string | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  detailsFetchedAt!: Date | null;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
