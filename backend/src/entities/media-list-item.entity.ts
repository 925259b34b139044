import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { MediaList } from './media-list.entity.js';

/** A title on a list. */
@Entity({ name: 'list_items' })
@Index('list_items_position', ['listId', 'position', 'mediaId'])
@Index('list_items_media', ['mediaId'])
export class MediaListItem {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  listId!: string;

  @ManyToOne(() => MediaList, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'listId', foreignKeyConstraintName: 'list_items_list_fk' })
  list?: Relation<MediaList>;

  /** A film or a series. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  mediaId!: string;

  /** Ascending; numbers may have gaps. */
  @Column({ type: 'integer' })
  position!: number;

  @Column({ type: 'text' })
  note!: string;

  @Column({ type: 'bigint', transformer: moment })
  addedAt!: Date;
}
