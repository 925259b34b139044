import { In } from 'typeorm';
import type { Store } from '../database/store.js';
import { Movie } from '../entities/movie.entity.js';
import { Translation } from '../entities/translation.entity.js';
import { TVShow } from '../entities/tv-show.entity.js';
import { chunks } from './chunks.js';
import { fileTitles } from './title-filing.js';

export type TranslationFacts = Pick<Translation, 'mediaId' | 'language'> &
  Partial<Omit<Translation, 'mediaId' | 'language'>>;

/** Texts in other languages than the stored one. */
export class TranslationRepository {
  constructor(private readonly store: Store) {}

  find(mediaId: string, language: string): Promise<Translation | null> {
    return this.store.reader.findOneBy(Translation, { mediaId, language });
  }

  /** By what they translate. */
  async findMany(mediaIds: readonly string[], language: string): Promise<Map<string, Translation>> {
    const found = new Map<string, Translation>();
    for (const some of chunks(mediaIds)) {
      const rows = await this.store.reader.findBy(Translation, { mediaId: In(some), language });
      for (const row of rows) found.set(row.mediaId, row);
    }
    return found;
  }

  /** Adds what is news; what a row lacks or has empty stays. Titles become findable by their translated names. */
  upsertMany(rows: readonly TranslationFacts[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve();
    return this.store.write(async (manager) => {
      const renamed = new Set<string>();
      for (const { mediaId, language, ...facts } of rows) {
        const old = await manager.findOneBy(Translation, { mediaId, language });
        const translation = old ?? blank(mediaId, language);
        const news = Object.entries(facts).filter(
          ([name, value]) =>
            !isEmpty(value) &&
            JSON.stringify(translation[name as keyof Translation]) !== JSON.stringify(value),
        );
        if (old && news.length === 0) continue;
        if (news.some(([name]) => name === 'title')) renamed.add(mediaId);
        await manager.save(Translation, Object.assign(translation, Object.fromEntries(news)));
      }
      for (const some of chunks([...renamed])) {
        await fileTitles(manager, await manager.findBy(Movie, { id: In(some) }));
        await fileTitles(manager, await manager.findBy(TVShow, { id: In(some) }));
      }
    });
  }
}

function blank(mediaId: string, language: string): Translation {
  const texts = {
    title: '',
    overview: '',
    tagline: '',
    genres: [],
    posterPath: null,
    detailsFetchedAt: null,
  };
  return Object.assign(new Translation(), { mediaId, language, ...texts });
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
