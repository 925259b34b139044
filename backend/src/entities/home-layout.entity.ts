import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm';
import { User } from './user.entity.js';

/** Which rows somebody wants on the home page, in which order. */
@Entity({ name: 'home_layouts' })
export class HomeLayout {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  userId!: string;

  @OneToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'userId', foreignKeyConstraintName: 'home_layouts_user_fk' })
  user?: Relation<User>;

  @Column({ type: 'simple-json' })
  rows!: { id: string; shown: boolean }[];
}
