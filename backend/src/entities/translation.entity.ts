import { Column, Entity, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** The texts of a title in a language other than the stored one. An empty text is unknown. */
@Entity({ name: 'translations' })
export class Translation {
  /** A film, a series, or a season or episode of one. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  mediaId!: string;

  /** BCP 47. */
  @PrimaryColumn({ type: 'varchar', length: 16 })
  language!: string;

  @Column({ type: 'varchar', length: 512 })
  title!: string;

  @Column({ type: 'text' })
  overview!: string;

  @Column({ type: 'text' })
  tagline!: string;

  @Column({ type: 'simple-json' })
  genres!: string[];

  @Column({ type: 'varchar', length: 1024, nullable: true })
  posterPath!: string | null;

  /** When the title's own page was read in this language; null while only lists were. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  detailsFetchedAt!: Date | null;
}
