import { In } from 'typeorm';
import type { Store } from '../database/store.js';
import { Credit } from '../entities/credit.entity.js';
import { newId } from '../entities/id.js';
import { Person } from '../entities/person.entity.js';
import { chunks } from './chunks.js';

export type PersonFacts = Partial<Omit<Person, 'id' | 'updatedAt'>> &
  Pick<Person, 'name'> & { tmdbId: number };

/** Somebody's part in a title, as a provider tells of it; the billing is the order. */
export interface CreditFacts {
  kind: Credit['kind'];
  role: string;
  person: PersonFacts;
}

export type Billed = Credit & { person: Person };

export class PersonRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  findById(id: string): Promise<Person | null> {
    return this.store.reader.findOneBy(Person, { id });
  }

  /** Who is in the title, in the order of the billing. */
  async listCredits(mediaId: string): Promise<Billed[]> {
    const credits = await this.store.reader.find(Credit, {
      where: { mediaId },
      relations: { person: true },
      order: { kind: 'ASC', position: 'ASC' },
    });
    return credits.filter((credit): credit is Billed => credit.person !== undefined);
  }

  /** What somebody did, as far as it is known here. */
  listCreditsOf(personId: string, limit: number): Promise<Credit[]> {
    return this.store.reader.find(Credit, { where: { personId }, take: limit });
  }

  /** Stores people that are new, and what is news of others; in the order of the rows. */
  upsertMany(rows: readonly PersonFacts[]): Promise<Person[]> {
    if (rows.length === 0) return Promise.resolve([]);
    return this.store.write(async (manager) => {
      const known = new Map<number, Person>();
      for (const some of chunks(rows.map(({ tmdbId }) => tmdbId))) {
        for (const person of await manager.findBy(Person, { tmdbId: In(some) }))
          known.set(person.tmdbId ?? 0, person);
      }
      const changed = new Set<Person>();
      const people = rows.map((row) => {
        const old = known.get(row.tmdbId);
        const person = old ?? blankPerson(row);
        const news = Object.entries(row).filter(
          ([name, value]) => value !== null && value !== '' && !isSame(person[name as keyof Person], value),
        );
        if (!old || news.length > 0) changed.add(Object.assign(person, Object.fromEntries(news)));
        known.set(row.tmdbId, person);
        return person;
      });
      for (const person of changed) person.updatedAt = this.now();
      await manager.save(Person, [...changed], { chunk: 200 });
      return people;
    });
  }

  /** The cast and crew of a title. An empty list says nothing and changes nothing. */
  async replaceCredits(mediaId: string, credits: readonly CreditFacts[]): Promise<void> {
    if (credits.length === 0) return;
    const people = await this.upsertMany(credits.map(({ person }) => person));
    await this.store.write(async (manager) => {
      const next = { cast: 0, crew: 0 };
      const rows = credits.flatMap(({ kind, role }, index): Partial<Credit>[] => {
        const person = people[index];
        return person ? [{ mediaId, personId: person.id, kind, role, position: next[kind]++ }] : [];
      });
      const stored = await manager.find(Credit, {
        where: { mediaId },
        order: { kind: 'ASC', position: 'ASC' },
      });
      const tell = (all: readonly Partial<Credit>[]) =>
        JSON.stringify(
          all.map(({ kind, position, personId, role }) => [kind, position, personId, role]).sort(),
        );
      if (tell(stored) === tell(rows)) return;
      await manager.delete(Credit, { mediaId });
      await manager.insert(
        Credit,
        rows.map((row) => ({ ...row, id: newId() })),
      );
    });
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b;
}

function blankPerson({ name, tmdbId }: PersonFacts): Person {
  return Object.assign(new Person(), {
    id: newId(),
    tmdbId,
    name,
    biography: '',
    birthday: null,
    deathday: null,
    birthplace: null,
    knownFor: null,
    profilePath: null,
    detailsFetchedAt: null,
  });
}
