import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { TitleType } from './title.entity.js';

/** The genres of the card index. */
@Entity({ name: 'title_genres' })
@Index('title_genres_popularity', ['genreId', 'popularity', 'number'])
@Index('title_genres_type', ['genreId', 'type', 'popularity', 'number'])
export class TitleGenre {
  @PrimaryColumn({ type: 'integer' })
  number!: number;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  genreId!: string;

  @Column({ type: 'varchar', length: 8 })
  type!: TitleType;

  @Column({ type: 'real' })
  popularity!: number;
}
