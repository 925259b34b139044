import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wideInteger } from './column-types.js';

/** Where the audit log begins and ends: one row. Without it, cutting off either end would not be noticed. */
@Entity({ name: 'audit_chain' })
export class AuditChain {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  id!: string;

  /** Of the latest event; 0 before the first. */
  @Column({ type: 'bigint', transformer: wideInteger })
  headPosition!: number;

  @Column({ type: 'varchar', length: 64 })
  headHash!: string;

  /** Of the latest event that was removed because of its age; 0 while none was. */
  @Column({ type: 'bigint', transformer: wideInteger })
  basePosition!: number;

  @Column({ type: 'varchar', length: 64 })
  baseHash!: string;
}
