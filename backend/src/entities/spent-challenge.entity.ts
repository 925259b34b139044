import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/**
 * A challenge or ticket that has been used. Unused ones are not stored: they are signed and carry their own expiry, so
 * requests by strangers leave no rows behind.
 */
@Entity({ name: 'spent_challenges' })
export class SpentChallenge {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** From then on it is refused for its age, and the row can be deleted. */
  @Index('spent_challenges_expiry')
  @Column({ type: 'bigint', transformer: moment })
  expiresAt!: Date;
}
