import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export const titleTypes = ['movie', 'show'] as const;
export type TitleType = (typeof titleTypes)[number];

/**
 * The card index of the catalogue: one row for each film and series, with what lists are found, filtered and sorted by.
 * Its texts are folded (see fold.ts). The words are searched through the virtual table `title_words`, by `number`.
 */
@Entity({ name: 'titles' })
@Index('titles_popularity', ['popularity', 'number'])
@Index('titles_type_popularity', ['type', 'popularity', 'number'])
@Index('titles_rating', ['rating', 'number'])
@Index('titles_type_rating', ['type', 'rating', 'number'])
@Index('titles_release', ['releaseDate', 'number'])
@Index('titles_type_release', ['type', 'releaseDate', 'number'])
@Index('titles_name', ['name', 'number'])
@Index('titles_type_name', ['type', 'name', 'number'])
@Index('titles_public_domain', ['isArchived', 'popularity', 'number'])
export class TitleCard {
  @PrimaryColumn({ type: 'integer' })
  number!: number;

  /** The film or series. */
  @Index('titles_media', { unique: true })
  @Column({ type: 'varchar', length: 64 })
  mediaId!: string;

  @Column({ type: 'varchar', length: 8 })
  type!: TitleType;

  /** Folded. */
  @Column({ type: 'varchar', length: 512 })
  name!: string;

  /** All names it is known by, and its year, folded. */
  @Column({ type: 'text' })
  words!: string;

  @Column({ type: 'real' })
  popularity!: number;

  /** 0 to 10, drawn towards the middle where few have voted, so that one vote is no masterpiece. */
  @Column({ type: 'real' })
  rating!: number;

  @Column({ type: 'varchar', length: 10 })
  releaseDate!: string;

  @Column({ type: 'integer', nullable: true })
  year!: number | null;

  @Column({ type: 'varchar', length: 16, nullable: true })
  language!: string | null;

  @Column({ type: 'integer', nullable: true })
  minimumAge!: number | null;

  /** 1 for what the Internet Archive offers. */
  @Column({ type: 'integer' })
  isArchived!: number;
}
