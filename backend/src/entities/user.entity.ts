import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

export const userRoles = ['admin', 'user', 'child'] as const;
export type UserRole = (typeof userRoles)[number];

/** Someone who can sign in. */
@Entity({ name: 'users' })
@Index('users_role', ['role'])
export class User {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** As typed when the account was made. */
  @Column({ type: 'varchar', length: 64 })
  username!: string;

  /** What makes two names the same: see `usernameKey` in repositories/user.repository.ts. */
  @Index('users_username_key', { unique: true })
  @Column({ type: 'varchar', length: 256 })
  usernameKey!: string;

  /** bcrypt over the pre-hash of services/auth/passwords.ts. */
  @Column({ type: 'varchar', length: 72 })
  passwordHash!: string;

  @Column({ type: 'varchar', length: 16 })
  role!: UserRole;

  /** Of a child: the age in years up to which titles are shown. Null for everyone else. */
  @Column({ type: 'integer', nullable: true })
  ageLimit!: number | null;

  /** `it`, `pt-BR`; null leaves it to the browser. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  language!: string | null;

  /** Set: cannot sign in, and no session of theirs is honoured. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  disabledAt!: Date | null;

  /**
   * Counts changes of the password, role, age limit and disabling. What was decided on an earlier version must not be
   * written any more: see repositories/authorization-snapshot.ts.
   */
  @Column({ type: 'integer', default: 0 })
  securityVersion!: number;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
