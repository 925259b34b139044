import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export const titleTypes = ['movie', 'show'] as const;
export type TitleType = (typeof titleTypes)[number];

/** An index that holds all that is filtered by is walked without a look at the rows. */
const others = ['language', 'isArchived', 'minimumAge'];

/**
 * The card index of the catalogue: one row for each film and series, with what lists are found, filtered and sorted by.
 * Its texts are folded (see fold.ts). The words are searched through the virtual table `title_words` (see title-words.ts).
 */
@Entity({ name: 'titles' })
@Index('titles_by_popularity', ['type', 'popularity', 'number', 'releaseDate', 'rating', ...others])
@Index('titles_by_rating', ['type', 'rating', 'number', 'releaseDate', ...others])
@Index('titles_by_release', ['type', 'releaseDate', 'number', 'rating', ...others])
@Index('titles_by_name', ['type', 'name', 'number', 'releaseDate', 'rating', ...others])
@Index('titles_by_language', ['type', 'language', 'number'])
@Index('titles_archived', ['type', 'isArchived', 'number'])
@Index('titles_by_age', ['type', 'minimumAge', 'number'])
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
