import { queryRows } from '../database/dialect.js';
import type { Store } from '../database/store.js';
import { slug } from '../entities/fold.js';
import { Genre } from '../entities/genre.entity.js';
import type { TitleType } from '../entities/title.entity.js';

export class GenreRepository {
  constructor(private readonly store: Store) {}

  /** By name. */
  list(): Promise<Genre[]> {
    return this.store.reader.find(Genre, { order: { name: 'ASC' } });
  }

  find(id: string): Promise<Genre | null> {
    return this.store.reader.findOneBy(Genre, { id });
  }

  /** Genres that titles of a type have here, by name. */
  listUsedNames(type: TitleType): Promise<Pick<Genre, 'id' | 'name'>[]> {
    return queryRows(
      this.store.reader,
      `SELECT g.id, g.name FROM genres g
       WHERE EXISTS (SELECT 1 FROM title_genres t WHERE t."genreId" = g.id AND t.type = ?) ORDER BY g.name`,
      [type],
    );
  }

  /** Which genres titles of a type have here. */
  async listUsed(type: TitleType): Promise<Set<string>> {
    const rows = await queryRows<{ id: string }>(
      this.store.reader,
      `SELECT g.id FROM genres g WHERE EXISTS (SELECT 1 FROM title_genres t WHERE t."genreId" = g.id AND t.type = ?)`,
      [type],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Takes in a provider's numbers and English names for the genres of a type. */
  upsertMany(type: TitleType, genres: readonly { tmdbId: number; name: string }[]): Promise<void> {
    const column = type === 'movie' ? 'tmdbMovieId' : 'tmdbShowId';
    return this.store.write(async (manager) => {
      for (const { tmdbId, name } of genres) {
        const id = slug(name);
        if (id === '') continue;
        const known = await manager.findOneBy(Genre, { id });
        if (known?.[column] === tmdbId) continue;
        await manager.update(Genre, { [column]: tmdbId }, { [column]: null });
        const genre = known ?? Object.assign(new Genre(), { id, name, tmdbMovieId: null, tmdbShowId: null });
        await manager.save(Genre, Object.assign(genre, { [column]: tmdbId }));
      }
    });
  }
}
