import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';

export const listKinds = ['watchlist', 'own', 'tmdb', 'trakt'] as const;
export type ListKind = (typeof listKinds)[number];

/** A list of titles that somebody keeps, or that is kept in step with one elsewhere. */
@Entity({ name: 'lists' })
@Index('lists_owner', ['ownerId', 'createdAt'])
@Index('lists_shared', ['isShared', 'createdAt'])
export class MediaList {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  ownerId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'ownerId', foreignKeyConstraintName: 'lists_owner_fk' })
  owner?: Relation<User>;

  @Column({ type: 'varchar', length: 16 })
  kind!: ListKind;

  /** What there can be one of per owner: `watchlist`, `tmdb:710`; null for own lists. With the owner's id before it. */
  @Index('lists_key', { unique: true })
  @Column({ type: 'varchar', length: 160, nullable: true })
  key!: string | null;

  @Column({ type: 'varchar', length: 100 })
  name!: string;

  @Column({ type: 'text' })
  description!: string;

  /** Everybody in the household sees it; only its owner changes it. */
  @Column({ type: 'boolean' })
  isShared!: boolean;

  /** Its name at the provider. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  externalId!: string | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  syncedAt!: Date | null;

  /** For people: why the latest sync failed; null when it did not. */
  @Column({ type: 'varchar', length: 512, nullable: true })
  syncMessage!: string | null;

  @Column({ type: 'bigint', transformer: moment })
  createdAt!: Date;

  @Column({ type: 'bigint', transformer: moment })
  updatedAt!: Date;
}
