import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment, wideInteger } from './column-types.js';

export const auditOutcomes = ['ok', 'denied', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

export type AuditDetail = Record<string, string | number | boolean | null>;

/** Who did what, from where, and how it went. Names its actor by value, so that it outlives the account. */
@Entity({ name: 'audit_events' })
@Index('audit_events_at', ['at', 'position'])
@Index('audit_events_action', ['action', 'position'])
@Index('audit_events_actor', ['actorId', 'position'])
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

  /** 1, 2, 3, and so on, without a gap. */
  @Index('audit_events_position', { unique: true })
  @Column({ type: 'bigint', transformer: wideInteger })
  position!: number;

  /** SHA-256 over this event and the hash of the one before (services/audit/audit-chain.ts), hex. */
  @Column({ type: 'varchar', length: 64 })
  hash!: string;
}
