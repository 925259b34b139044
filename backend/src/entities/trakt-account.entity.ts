import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm';
import { moment } from './column-types.js';
import { User } from './user.entity.js';

/** `reconnect`: Trakt takes our tokens no more; the user has to link again. `client-refused`: it refuses this server. */
export type TraktAccountStatus = 'linked' | 'reconnect' | 'client-refused' | 'locked';

/** How far a reading of Trakt's history is; written with each page, so that it goes on where it was. */
export interface TraktSyncProgress {
  phase: 'history' | 'playback' | 'done';
  /** The whole history, and not only what is new. */
  whole: boolean;
  /** Of the pages read; the next is this plus one. */
  page: number;
  /** As Trakt says. */
  pages: number;
  items: number;
  totalItems: number;
  /** Without an id by which we could know them. */
  skipped: number;
  /** Rows as sent: also those that make no sense. */
  received: number;
  /** Milliseconds since 1970: only what was watched from then on is read; null reads everything. */
  from: number | null;
  /** Milliseconds since 1970: when this reading began. */
  startedAt: number;
}

/** What the player is watching, as Trakt was told last. */
export interface TraktWatching {
  titleKey: string;
  sitting: string;
  action: 'start' | 'pause' | 'stop';
}

/**
 * `place` and `rating`: the later one counted; `clock`: a moment in the future became now; `unmarked`: what Trakt told of
 * was marked as not watched, or removed, here later; the others are removals at Trakt that were followed.
 */
export const traktRules = [
  'place',
  'rating',
  'clock',
  'unmarked',
  'play-removed',
  'watchlist-removed',
  'rating-removed',
  'list-removed',
] as const;
export type TraktRule = (typeof traktRules)[number];

/** Where Trakt and we differed, and what was done. */
export interface TraktDecision {
  /** Milliseconds since 1970. */
  at: number;
  rule: TraktRule;
  mediaId: string | null;
  season: number | null;
  episode: number | null;
  /** Of a list; of a title it is looked up when it is shown. */
  name: string | null;
  /** Whose word counted. */
  winner: 'here' | 'trakt';
}

/** A user's link to Trakt. */
@Entity({ name: 'trakt_accounts' })
export class TraktAccount {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'trakt_accounts_user_fk' })
  user?: Relation<User>;

  /** At Trakt. */
  @Column({ type: 'varchar', length: 128, nullable: true })
  username!: string | null;

  /** Access and refresh token, sealed. */
  @Column({ type: 'text' })
  tokens!: string;

  @Column({ type: 'varchar', length: 16 })
  status!: TraktAccountStatus;

  /** What went wrong last, in one sentence; null when nothing did. */
  @Column({ type: 'varchar', length: 512, nullable: true })
  trouble!: string | null;

  /** Trakt wants to be left alone until then. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  pausedUntil!: Date | null;

  /** Trakt's own stamps of what was read completely, by section. */
  @Column({ type: 'simple-json' })
  activities!: Record<string, string>;

  @Column({ type: 'simple-json', nullable: true })
  sync!: TraktSyncProgress | null;

  @Column({ type: 'simple-json', nullable: true })
  watching!: TraktWatching | null;

  /** Latest first, a few; null when they never mattered. */
  @Column({ type: 'simple-json', nullable: true })
  decisions!: TraktDecision[] | null;

  @Column({ type: 'bigint', transformer: moment })
  linkedAt!: Date;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  syncedAt!: Date | null;
}
