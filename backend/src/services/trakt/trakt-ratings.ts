import type { RatingRepository, StoredRating } from '../../repositories/rating.repository.js';
import type { TraktOutboxRepository, TraktRepository } from '../../repositories/trakt.repository.js';
import { titleKeyOf } from '../watch/title-key.js';
import type { RemoteNames } from './remote-names.js';
import { decided } from './remote-rows.js';
import { type RowSubject, subjectOf, titleSubjectOf } from './trakt.mapper.js';
import { ratingRowSchema, type TraktRatingRow } from './trakt.schemas.js';
import { ratingEntry } from './trakt-export.js';
import type { TraktPages } from './trakt-pages.js';

export interface TraktRatingsOptions {
  pages: TraktPages;
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  ratings: RatingRepository;
  names: RemoteNames;
  now: () => number;
  onQueued: (userId: string) => void;
}

const mostRatings = 100_000;

/** What the user thinks of films, shows and episodes, which both ends change: the later word counts. */
export class TraktRatings {
  constructor(private readonly options: TraktRatingsOptions) {}

  /** All of them. What was taken back there is gone here, what was said only here is told there. */
  async read(userId: string, signal: AbortSignal): Promise<void> {
    const { pages, accounts, outbox, ratings, now, onQueued } = this.options;
    const begun = new Date(now());
    // Asked before Trakt is: what is told meanwhile may or may not be in the answer.
    const tasks = await outbox.listTasks(userId, ['rating-set', 'rating-remove']);
    const waiting = new Set(tasks.map(({ titleKey }) => titleKey));
    let [received, items] = [0, 0];
    const limit = { most: mostRatings, signal };
    for await (const page of pages.read(userId, 'sync/ratings', ratingRowSchema, limit)) {
      received += page.received;
      items = page.items;
      await this.keepPage(userId, page.rows, waiting);
    }
    const untold = (await ratings.listUntold(userId)).filter(({ titleKey }) => !waiting.has(titleKey));
    await outbox.add(untold.map((rating) => ratingEntry(rating, now())));
    if (untold.length > 0) onQueued(userId);
    if (received < items) return;
    const gone = (await ratings.listUnseen(userId, begun)).filter(({ titleKey }) => !waiting.has(titleKey));
    await ratings.delete(
      userId,
      gone.map(({ titleKey }) => titleKey),
    );
    await accounts.noteDecisions(
      userId,
      gone.map((rating) => decided('rating-removed', 'trakt', rating, new Date(now()))),
    );
  }

  private async keepPage(
    userId: string,
    rows: readonly TraktRatingRow[],
    waiting: ReadonlySet<string>,
  ): Promise<void> {
    const { accounts, ratings, now } = this.options;
    const seenAt = new Date(now());
    const there = await this.resolve(userId, rows, seenAt);
    const here = await ratings.findMany(userId, [...there.keys()]);
    const kept: StoredRating[] = [];
    const decisions = [];
    for (const [titleKey, theirs] of there) {
      if (waiting.has(titleKey)) continue;
      const ours = here.get(titleKey);
      const differs = ours !== undefined && ours.seenAt === null && ours.rating !== theirs.rating;
      const winner = differs && ours.ratedAt > theirs.ratedAt ? 'here' : 'trakt';
      if (differs) decisions.push(decided('rating', winner, theirs, seenAt));
      // Ours stays untold, and is told when all was read.
      if (winner === 'trakt') kept.push(theirs);
    }
    await ratings.keep(kept);
    await accounts.noteDecisions(userId, decisions);
  }

  /** By title; what has no id by which we could know it is left out. */
  private async resolve(
    userId: string,
    rows: readonly TraktRatingRow[],
    seenAt: Date,
  ): Promise<Map<string, StoredRating>> {
    const known = rows.flatMap((row) => {
      const subject = row.type === 'episode' ? subjectOf(row) : titleSubjectOf(row);
      return subject ? [{ row, subject }] : [];
    });
    const mediaIds = await this.options.names.adopt(known.map(({ subject }): RowSubject => subject));
    const found = new Map<string, StoredRating>();
    for (const [at, { row, subject }] of known.entries()) {
      const mediaId = mediaIds[at] ?? null;
      if (mediaId === null) continue;
      const ref = { mediaId, season: subject.season, episode: subject.episode };
      const titleKey = titleKeyOf(ref);
      // A clock of theirs that is ahead must not win for ever.
      const ratedAt = new Date(Math.min(Date.parse(row.rated_at), seenAt.getTime()));
      found.set(titleKey, { userId, titleKey, ...ref, rating: row.rating, ratedAt, seenAt });
    }
    return found;
  }
}
