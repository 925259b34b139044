import type { TraktDecision } from '../../entities/trakt-account.entity.js';
import type { RemoteTitle } from '../../repositories/trakt.repository.js';
import type { NewWatchEvent } from '../../repositories/watch.repository.js';
import type { TitleRef } from '../watch/title-key.js';
import type { WatchService } from '../watch/watch.service.js';
import { remotePrefix } from './export-plan.js';
import type { RemoteNames } from './remote-names.js';
import { type RowSubject, subjectOf } from './trakt.mapper.js';
import type { TraktHistoryRow, TraktPlaybackRow } from './trakt.schemas.js';

/** A row of Trakt and what it is about; `ref` is null when nothing tells which of our titles that is. */
export interface ResolvedRow<T> {
  row: T;
  subject: RowSubject | null;
  ref: TitleRef | null;
}

/** Turns rows of Trakt into events of ours. */
export class RemoteRows {
  constructor(
    private readonly names: RemoteNames,
    private readonly watch: WatchService,
    /** Milliseconds since 1970. */
    private readonly now: () => number,
  ) {}

  async resolve<T extends TraktHistoryRow | TraktPlaybackRow>(rows: readonly T[]): Promise<ResolvedRow<T>[]> {
    const subjects = rows.map((row) => subjectOf(row));
    const ids = await this.names.resolve(subjects.filter((subject) => subject !== null));
    let next = 0;
    return rows.map((row, at) => {
      const subject = subjects[at] ?? null;
      const mediaId = subject ? (ids[next++] ?? null) : null;
      const ref =
        subject && mediaId !== null ? { mediaId, season: subject.season, episode: subject.episode } : null;
      return { row, subject, ref };
    });
  }

  /** @param remoteId names it: read twice it is there once */
  event(
    userId: string,
    ref: TitleRef,
    remoteId: string,
    moment: string,
    facts: Pick<NewWatchEvent, 'kind'> & Partial<NewWatchEvent>,
  ): NewWatchEvent {
    const id = `${remotePrefix}${remoteId}`;
    return this.watch.newEvent({ userId, device: 'trakt' }, ref, {
      ...{ id, changeId: id, origin: 'trakt', counter: 0 },
      // A clock of theirs, or of ours, that is wrong must not put a play into the future, where it would win for ever.
      at: new Date(Math.min(Date.parse(moment), this.now())),
      ...facts,
    });
  }
}

export function decided(
  rule: TraktDecision['rule'],
  winner: TraktDecision['winner'],
  { mediaId, season, episode }: TitleRef,
  at: Date,
): TraktDecision {
  return { at: at.getTime(), rule, mediaId, season, episode, name: null, winner };
}

/** What Trakt calls the titles of the rows. */
export function titlesOf(rows: readonly ResolvedRow<unknown>[]): RemoteTitle[] {
  const titles = new Map<string, RemoteTitle>();
  for (const { subject, ref } of rows) {
    const traktId = subject?.title.ids.trakt ?? null;
    if (subject && ref && traktId !== null)
      titles.set(`${subject.type} ${traktId}`, { type: subject.type, traktId, mediaId: ref.mediaId });
  }
  return [...titles.values()];
}
