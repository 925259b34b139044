import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';

/** Why a session ended before its time. */
export const sessionEndings = [
  'signed-out',
  'revoked',
  'token-reuse',
  'password-changed',
  'account-closed',
  /** The account had too many, and this was idle longest. */
  'too-many',
  'idle',
] as const;
export type SessionEnding = (typeof sessionEndings)[number];

/** One device signed in: a family of refresh tokens of which only the newest counts (services/auth/refresh-tokens.ts). */
@Entity({ name: 'sessions' })
@Index('sessions_user', ['userId', 'lastUsedAt'])
export class Session {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'sessions_user_fk' })
  user?: Relation<User>;

  /** SHA-256 of the current refresh token's secret, hex. */
  @Index('sessions_token_hash', { unique: true })
  @Column({ type: 'varchar', length: 64 })
  tokenHash!: string;

  /** How many times the refresh token was rotated. */
  @Column({ type: 'integer' })
  generation!: number;

  /** When the latest rotations happened (milliseconds since 1970, ascending), as far back as the grace reaches. */
  @Column({ type: 'simple-json' })
  rotations!: number[];

  /** Until then the current token is not rotated, because parallel tabs are about to receive it. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  heldUntil!: Date | null;

  /** What the browser calls itself, in a few words. */
  @Column({ type: 'varchar', length: 128 })
  device!: string;

  /** Address of the latest use. */
  @Column({ type: 'varchar', length: 64 })
  address!: string;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  lastUsedAt!: Date;

  /** When its user last proved who they are: at the sign-in, or since. Null when that was on another device. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  authenticatedAt!: Date | null;

  /** The end of the whole family, however often it is rotated. */
  @Index('sessions_expiry')
  @Column({ type: 'bigint', transformer: moment })
  expiresAt!: Date;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  revokedAt!: Date | null;

  @Column({ type: 'varchar', length: 32, nullable: true })
  revokedReason!: SessionEnding | null;
}
