import type { RemoteRating, TraktRepository } from '../../repositories/trakt.repository.js';
import { titleKeyOf } from '../watch/title-key.js';
import type { RemoteNames } from './remote-names.js';
import { type RowSubject, subjectOf, titleSubjectOf } from './trakt.mapper.js';
import { ratingRowSchema } from './trakt.schemas.js';
import type { TraktPages } from './trakt-pages.js';

export interface TraktRatingsOptions {
  pages: TraktPages;
  accounts: TraktRepository;
  names: RemoteNames;
  now: () => number;
}

const mostRatings = 100_000;

/** Takes over what the user said of films, shows and episodes at Trakt. */
export class TraktRatings {
  constructor(private readonly options: TraktRatingsOptions) {}

  /** All of them; what was taken back there is gone here. */
  async read(userId: string, signal: AbortSignal): Promise<void> {
    const { pages, accounts, names, now } = this.options;
    const begun = new Date(now());
    let [received, items] = [0, 0];
    const limit = { most: mostRatings, signal };
    for await (const page of pages.read(userId, 'sync/ratings', ratingRowSchema, limit)) {
      received += page.received;
      items = page.items;
      const known = page.rows.flatMap((row) => {
        const subject = row.type === 'episode' ? subjectOf(row) : titleSubjectOf(row);
        return subject ? [{ row, subject }] : [];
      });
      const mediaIds = await names.adopt(known.map(({ subject }): RowSubject => subject));
      const ratings = new Map<string, RemoteRating>();
      for (const [at, { row, subject }] of known.entries()) {
        const mediaId = mediaIds[at] ?? null;
        if (mediaId === null) continue;
        const ref = { mediaId, season: subject.season, episode: subject.episode };
        const titleKey = titleKeyOf(ref);
        const facts = { rating: row.rating, ratedAt: new Date(row.rated_at), seenAt: new Date(now()) };
        ratings.set(titleKey, { userId, titleKey, ...ref, ...facts });
      }
      await accounts.keepRatings([...ratings.values()]);
    }
    if (received >= items) await accounts.deleteOldRatings(userId, begun);
  }
}
