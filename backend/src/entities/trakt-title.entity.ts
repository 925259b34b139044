import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What Trakt calls a title of ours: the only name some of its titles have. */
@Entity({ name: 'trakt_titles' })
@Index('trakt_titles_media', ['mediaId'])
export class TraktTitle {
  @PrimaryColumn({ type: 'varchar', length: 8 })
  type!: 'movie' | 'show';

  @PrimaryColumn({ type: 'integer' })
  traktId!: number;

  @Column({ type: 'varchar', length: 64 })
  mediaId!: string;
}
