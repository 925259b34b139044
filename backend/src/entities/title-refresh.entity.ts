import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';
import type { TitleType } from './title.entity.js';

/** A title whose facts shall be asked for again; one row per title, however many reasons there are. */
@Entity({ name: 'title_refreshes' })
@Index('title_refreshes_order', ['priority', 'dueAt', 'mediaId'])
export class TitleRefresh {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  mediaId!: string;

  @Column({ type: 'varchar', length: 8 })
  type!: TitleType;

  /** Smaller goes first. */
  @Column({ type: 'integer' })
  priority!: number;

  @Column({ type: 'bigint', transformer: moment })
  dueAt!: Date;

  /** Tries that failed. */
  @Column({ type: 'integer' })
  attempts!: number;
}
