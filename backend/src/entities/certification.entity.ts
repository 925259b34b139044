import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The age rating of a title in a country. */
@Entity({ name: 'certifications' })
export class Certification {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  mediaId!: string;

  /** ISO 3166-1. */
  @PrimaryColumn({ type: 'varchar', length: 2 })
  country!: string;

  /** As printed on the box. */
  @Column({ type: 'varchar', length: 32 })
  rating!: string;
}
