import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment, wideInteger } from './column-types.js';
import { User } from './user.entity.js';

/** The secret that an account shares with an authenticator app (RFC 6238). At most one per account. */
@Entity({ name: 'totp_secrets' })
export class TotpSecret {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'totp_secrets_user_fk' })
  user?: Relation<User>;

  /** Base32, sealed. */
  @Column({ type: 'text' })
  secret!: string;

  /** Null until a first code has shown that the app has the secret; it counts for nothing before that. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  confirmedAt!: Date | null;

  /** Time step (Unix time / 30 s) of the latest accepted code. Codes of this step and earlier ones are refused. */
  @Column({ type: 'bigint', nullable: true, transformer: wideInteger })
  lastStep!: number | null;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;
}
