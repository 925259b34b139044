import { Column, Entity, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** How far something has been kept in step with a provider. */
@Entity({ name: 'sync_states' })
export class SyncState {
  /** `tmdb:changes:movie`. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  /** Where to go on; what it means is the sync's own matter. */
  @Column({ type: 'varchar', length: 512 })
  cursor!: string;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
