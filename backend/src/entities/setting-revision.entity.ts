import { Column, Entity, PrimaryColumn } from 'typeorm';
import { moment, wideInteger } from './column-types.js';

/** One setting of a revision. Values as they are stored, so those of secrets sealed; null when there was none. */
export interface SettingChange {
  name: string;
  before: string | null;
  after: string | null;
  sealed: boolean;
}

/** Settings changed together, by whom. Names its author by value, so that it outlives the account. */
@Entity({ name: 'setting_revisions' })
export class SettingRevision {
  /** 1, 2, 3, and so on. */
  @PrimaryColumn({ type: 'bigint', transformer: wideInteger })
  number!: number;

  @Column({ type: 'bigint', transformer: moment })
  at!: Date;

  @Column({ type: 'varchar', length: 64 })
  authorId!: string;

  @Column({ type: 'varchar', length: 64 })
  authorName!: string;

  /** The revision that this one takes back; null for a change of its own. */
  @Column({ type: 'bigint', nullable: true, transformer: wideInteger })
  undoes!: number | null;

  @Column({ type: 'simple-json' })
  changes!: SettingChange[];
}
