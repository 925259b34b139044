import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment, wideInteger } from './column-types.js';
import { User } from './user.entity.js';

/** A WebAuthn credential of an account. */
@Entity({ name: 'passkeys' })
@Index('passkeys_user', ['userId'])
export class Passkey {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'passkeys_user_fk' })
  user?: Relation<User>;

  /** Chosen by the authenticator: up to 1023 bytes, base64url. */
  @Index('passkeys_credential', { unique: true })
  @Column({ type: 'varchar', length: 1364 })
  credentialId!: string;

  /** COSE_Key (RFC 9052), base64url. */
  @Column({ type: 'text' })
  publicKey!: string;

  /** Signature counter of the latest use. Authenticators without one, such as synced passkeys, always report 0. */
  @Column({ type: 'bigint', transformer: wideInteger })
  counter!: number;

  /** How a browser reaches the authenticator (`internal`, `usb`), as it said at registration. */
  @Column({ type: 'simple-json' })
  transports!: string[];

  /** The relying party id it was made for. It works at no other address. */
  @Column({ type: 'varchar', length: 253 })
  rpId!: string;

  /** Chosen by the user. */
  @Column({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  lastUsedAt!: Date | null;

  /** When a use was refused because its counter had not grown: the authenticator may have been copied. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  counterRegressedAt!: Date | null;
}
