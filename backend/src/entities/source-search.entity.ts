import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** When sources of a film or an episode were last looked for, and when they are next. */
@Entity({ name: 'source_searches' })
@Index('source_searches_due', ['dueAt'])
export class SourceSearch {
  /** Id of the film or episode. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  titleId!: string;

  @Column({ type: 'varchar', length: 8 })
  kind!: 'movie' | 'episode';

  @Column({ type: 'bigint', transformer: moment })
  searchedAt!: Date;

  /** When it is worth asking again, even if nobody looks. */
  @Column({ type: 'bigint', transformer: moment })
  dueAt!: Date;

  /** When somebody last looked at the title. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  viewedAt!: Date | null;

  /** How many releases were known then. */
  @Column({ type: 'integer' })
  found!: number;
}
