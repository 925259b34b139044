import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Person } from './person.entity.js';

/** Who did what in which title. */
@Entity({ name: 'credits' })
@Index('credits_place', ['mediaId', 'kind', 'position'], { unique: true })
@Index('credits_person', ['personId'])
export class Credit {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** A film or a series. */
  @Column({ type: 'varchar', length: 64 })
  mediaId!: string;

  @Column({ type: 'varchar', length: 64 })
  personId!: string;

  @ManyToOne(() => Person, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'personId', foreignKeyConstraintName: 'credits_person_fk' })
  person?: Relation<Person>;

  @Column({ type: 'varchar', length: 8 })
  kind!: 'cast' | 'crew';

  /** In the order of the billing, from 0. */
  @Column({ type: 'integer' })
  position!: number;

  /** The character, or the job. */
  @Column({ type: 'varchar', length: 300 })
  role!: string;
}
