import type { RemoteTitle, TraktRepository } from '../../repositories/trakt.repository.js';
import type { TitleDirectory, TitleIds } from '../watch/title-directory.port.js';
import { foreignTitle, type RemoteIds, type RowSubject } from './trakt.mapper.js';

/** Which of our titles Trakt means, and what Trakt calls ours. */
export class RemoteNames {
  constructor(
    private readonly titles: TitleDirectory,
    private readonly trakt: TraktRepository,
  ) {}

  /**
   * Our ids, in the order asked; null for what cannot be told. A title known by Trakt's own id needs no other; one with
   * another id is added to the catalogue when it is new.
   */
  async resolve(subjects: readonly RowSubject[]): Promise<(string | null)[]> {
    const known = {
      movie: await this.known('movie', subjects),
      show: await this.known('show', subjects),
    };
    const mediaIdOf = ({ type, title }: RowSubject) => known[type].get(title.ids.trakt ?? -1) ?? null;
    const unknown = new Map<string, RowSubject>();
    for (const subject of subjects) if (mediaIdOf(subject) === null) unknown.set(keyOf(subject), subject);
    const asked = [...unknown];
    const adopted = await this.titles.adopt(asked.map(([, subject]) => foreignTitle(subject)));
    const news = new Map(asked.map(([key], at) => [key, adopted[at] ?? null]));
    return subjects.map((subject) => mediaIdOf(subject) ?? news.get(keyOf(subject)) ?? null);
  }

  /** The same, and what Trakt calls them is remembered. */
  async adopt(subjects: readonly RowSubject[]): Promise<(string | null)[]> {
    const mediaIds = await this.resolve(subjects);
    const titles = new Map<string, RemoteTitle>();
    for (const [at, { type, title }] of subjects.entries()) {
      const [traktId, mediaId] = [title.ids.trakt, mediaIds[at] ?? null];
      if (traktId !== null && mediaId !== null) titles.set(`${type} ${traktId}`, { type, traktId, mediaId });
    }
    await this.trakt.keepTitles([...titles.values()]);
    return mediaIds;
  }

  /** By our id. */
  async namesOf(mediaIds: readonly string[]): Promise<Map<string, RemoteIds>> {
    const [ids, traktIds] = await Promise.all([
      this.titles.findIds(mediaIds),
      this.trakt.findTraktIds(mediaIds),
    ]);
    return new Map(
      mediaIds.map((mediaId) => {
        const known = ids.get(mediaId) ?? unknownTitle;
        return [mediaId, { ...known, traktId: traktIds.get(mediaId) ?? null }];
      }),
    );
  }

  private known(type: 'movie' | 'show', subjects: readonly RowSubject[]): Promise<Map<number, string>> {
    const ids = subjects.flatMap((subject) => (subject.type === type ? (subject.title.ids.trakt ?? []) : []));
    return this.trakt.findTitles(type, [...new Set(ids)]);
  }
}

const unknownTitle: TitleIds = { type: 'movie', tmdbId: null, imdbId: null };

function keyOf({ type, title: { ids } }: RowSubject): string {
  return `${type}:${ids.trakt}:${ids.tmdb}:${ids.imdb}`;
}
