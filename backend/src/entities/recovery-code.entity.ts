import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';

/** One of the codes that stand in for a lost second factor, each good once. */
@Entity({ name: 'recovery_codes' })
export class RecoveryCode {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'recovery_codes_user_fk' })
  user?: Relation<User>;

  /** HMAC-SHA-256 of the code with a key of the server, hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  codeHash!: string;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  usedAt!: Date | null;
}
