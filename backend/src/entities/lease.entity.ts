import { Column, Entity, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** Work that one server at a time may do, of those that share the database. */
@Entity({ name: 'leases' })
export class Lease {
  /** Of the work. */
  @PrimaryColumn({ type: 'varchar', length: 96 })
  name!: string;

  /** One server process, from its start to its end. */
  @Column({ type: 'varchar', length: 64 })
  owner!: string;

  /** From then on anyone may take it. */
  @Column({ type: 'bigint', transformer: moment })
  expiresAt!: Date;
}
