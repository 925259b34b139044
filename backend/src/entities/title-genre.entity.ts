import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { TitleType } from './title.entity.js';

/** The genres of the card index, with what each is sorted by: as it is in `titles`. */
@Entity({ name: 'title_genres' })
@Index('title_genres_by_popularity', ['genreId', 'type', 'popularity', 'number'])
@Index('title_genres_by_rating', ['genreId', 'type', 'rating', 'number'])
@Index('title_genres_by_release', ['genreId', 'type', 'releaseDate', 'number'])
@Index('title_genres_by_name', ['genreId', 'type', 'name', 'number'])
export class TitleGenre {
  @PrimaryColumn({ type: 'integer' })
  number!: number;

  @PrimaryColumn({ type: 'varchar', length: 64 })
  genreId!: string;

  @Column({ type: 'varchar', length: 8 })
  type!: TitleType;

  @Column({ type: 'real' })
  popularity!: number;

  @Column({ type: 'real' })
  rating!: number;

  @Column({ type: 'varchar', length: 10 })
  releaseDate!: string;

  @Column({ type: 'varchar', length: 512 })
  name!: string;
}
