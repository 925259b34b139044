import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Which database this is: one row. A restored backup gets another value, so that what was remembered elsewhere about
 * the rows of the database before is not taken for its own.
 */
@Entity({ name: 'database_identity' })
export class DatabaseIdentity {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  value!: string;
}
