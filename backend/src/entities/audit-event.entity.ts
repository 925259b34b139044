import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

export const auditOutcomes = ['ok', 'denied', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

export type AuditDetail = Record<string, string | number | boolean | null>;

/** Who did what, from where, and how it went. Names its actor by value, so that it outlives the account. */
@Entity({ name: 'audit_events' })
@Index('audit_events_at', ['at', 'id'])
@Index('audit_events_action', ['action', 'at', 'id'])
export class AuditEvent {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'bigint', transformer: moment })
  at!: Date;

  /** Dotted, area first: `session.created`. */
  @Column({ type: 'varchar', length: 64 })
  action!: string;

  @Column({ type: 'varchar', length: 16 })
  outcome!: AuditOutcome;

  @Column({ type: 'varchar', length: 64, nullable: true })
  actorId!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  actorName!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  address!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  requestId!: string | null;

  @Column({ type: 'simple-json' })
  detail!: AuditDetail;
}
