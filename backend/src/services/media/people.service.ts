import type { Credit } from '../../entities/credit.entity.js';
import type { Person } from '../../entities/person.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Billed, PersonRepository } from '../../repositories/person.repository.js';
import type { TitleRef } from '../../repositories/title.repository.js';
import type { Cache, Freshness } from '../../utils/cache/cache.js';
import { cacheKeys } from '../../utils/cache/cache-key.js';
import { defaultLanguage } from './language.js';
import type { MetadataProvider } from './metadata-provider.port.js';
import type { Reader, Title } from './reader.js';
import type { TitleDetails } from './title-details.js';
import type { TitleStore } from './title-store.js';

export type { Billed } from '../../repositories/person.repository.js';

export interface PeopleServiceOptions {
  provider: MetadataProvider;
  store: TitleStore;
  details: TitleDetails;
  people: PersonRepository;
  cache: Cache;
  now?: () => Date;
}

export interface PersonPage {
  person: Person;
  work: { kind: Credit['kind']; role: string; title: Title }[];
  stale: boolean;
}

type Work = { kind: Credit['kind']; role: string; ref: TitleRef }[];

const workKey = cacheKeys<Work | null>('people');
const day = 24 * 3_600_000;
const workFreshness: Freshness = { ttlMs: 7 * day, staleMs: 60 * day, graceMs: 400, absentMs: day };
const workShown = 60;

/** Those who made films and series, and what they did. */
export class PeopleService {
  private readonly now: () => Date;

  constructor(private readonly options: PeopleServiceOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /** Errors: not-found. Of their work only what suits the reader's age. */
  async getPerson(
    id: string,
    { language = defaultLanguage, ageLimit = null }: Reader = {},
  ): Promise<PersonPage> {
    const { people, store, details } = this.options;
    const known = await people.findById(id);
    if (!known) throw new NotFoundError('Person');
    const { work, stale } = await this.workOf(known, language);
    const titles = await store.load(
      work.map(({ ref }) => ref),
      language,
    );
    const told = new Set<string>();
    const shown = new Map((await details.suitable(titles, ageLimit)).map((title) => [title.id, title]));
    return {
      person: (await people.findById(id)) ?? known,
      work: work.flatMap(({ kind, role, ref }) => {
        const title = shown.get(ref.mediaId);
        const key = `${ref.mediaId} ${kind} ${role}`;
        if (!title || told.has(key)) return [];
        told.add(key);
        return [{ kind, role, title }];
      }),
      stale,
    };
  }

  /** Who is in a title, in the order of the billing. */
  listCredits(mediaId: string): Promise<Billed[]> {
    return this.options.people.listCredits(mediaId);
  }

  private async workOf(person: Person, language: string): Promise<{ work: Work; stale: boolean }> {
    const { provider, cache } = this.options;
    const { tmdbId } = person;
    if (tmdbId === null) return { work: await this.storedWork(person.id), stale: false };
    try {
      const key = workKey([provider.catalogue, person.id, language]);
      const { value, stale } = await cache.wrap(key, workFreshness, () => this.ask(person, tmdbId, language));
      return { work: value ?? (await this.storedWork(person.id)), stale };
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      return { work: await this.storedWork(person.id), stale: true };
    }
  }

  /** Null when the provider does not know them. */
  private async ask(person: Person, tmdbId: number, language: string): Promise<Work | null> {
    const { provider, people, store } = this.options;
    const details = await provider.findPerson(tmdbId, { language });
    if (!details) return null;
    const { work, ...facts } = details;
    // A biography in another language is not laid over the stored one: it is what somebody asked for last.
    await people.upsertMany([{ ...facts, tmdbId, name: person.name, detailsFetchedAt: this.now() }]);
    const refs = await store.keep(
      work.map(({ title }) => title),
      language,
    );
    return work.flatMap(({ kind, role }, index) => {
      const ref = refs[index];
      return ref ? [{ kind, role, ref }] : [];
    });
  }

  private async storedWork(personId: string): Promise<Work> {
    const credits = await this.options.people.listCreditsOf(personId, workShown);
    // Films and series are told apart when they are loaded.
    return credits.flatMap(({ kind, role, mediaId }) =>
      (['movie', 'show'] as const).map((type) => ({ kind, role, ref: { mediaId, type } })),
    );
  }
}
