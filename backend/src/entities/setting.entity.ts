import { Column, Entity, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** A setting that an administrator has changed; what has no row is as the file or the default says. */
@Entity({ name: 'settings' })
export class Setting {
  /** As in the environment: `TMDB_API_TOKEN`. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  /** As it was written; of a secret, sealed (encryption/sealed-text.ts). */
  @Column({ type: 'text' })
  value!: string;

  @Column({ type: 'boolean' })
  sealed!: boolean;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
