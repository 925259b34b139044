import { Column } from 'typeorm';

/** Names what somebody watches: a film, or an episode by its place in a series. */
export abstract class WatchedColumns {
  /** Our id of the film or the series. */
  @Column({ type: 'varchar', length: 64 })
  mediaId!: string;

  /** Null for a film. */
  @Column({ type: 'integer', nullable: true })
  season!: number | null;

  /** Null for a film. */
  @Column({ type: 'integer', nullable: true })
  episode!: number | null;
}
