import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** The peers of a torrent that served well the last time, so that the next play need not wait for a tracker to name them. */
@Entity({ name: 'swarm_memories' })
export class SwarmMemory {
  /** 40 lower-case hex digits. */
  @PrimaryColumn({ type: 'varchar', length: 40 })
  infoHash!: string;

  /** `host:port`, best first, a space between. */
  @Column({ type: 'text' })
  peers!: string;

  @Index('swarm_memories_saved')
  @Column({ type: 'bigint', transformer: moment })
  savedAt!: Date;
}
