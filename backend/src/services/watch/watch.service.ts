import { newId } from '../../entities/id.js';
import type { WatchEventKind, WatchOrigin } from '../../entities/watch-event.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import type {
  AlsoWrite,
  NewWatchEvent,
  StoredState,
  TitleChange,
  WatchRepository,
} from '../../repositories/watch.repository.js';
import { suits } from '../media/reader.js';
import { plainEvent } from './fold-title.js';
import { HybridClock } from './hybrid-clock.js';
import { SaveQueue } from './save-queue.js';
import type { TitleDirectory, WatchTitle } from './title-directory.port.js';
import { type TitleRef, titleKeyOf } from './title-key.js';
import { EpisodeMismatchError, EpisodesUnknownError } from './watch.errors.js';
import { foldEvents } from './watch-fold.js';
import type { WatchNews } from './watch-news.js';
import { countsAsFinished, samePlayWithinMs, shareOf } from './watch-rules.js';

export type PlayerState = 'playing' | 'paused' | 'finished';

/** Who acts, and on which of their devices. */
export interface Watcher {
  userId: string;
  /** Years; null sees everything. */
  ageLimit: number | null;
  device: string;
}

/** Where a player is. */
export interface Save extends TitleRef {
  /** Made by the player, so that telling it twice changes nothing. */
  id?: string | undefined;
  /** One sitting in front of the player. */
  sitting?: string | undefined;
  positionSeconds: number;
  durationSeconds: number;
  state: PlayerState;
  /** When, by the player's clock, milliseconds since 1970; now if left out. */
  at?: number | undefined;
}

export interface Change {
  /** Undoes it when given to `undo`. */
  changeId: string;
}

export interface WatchServiceOptions {
  watches: WatchRepository;
  titles: TitleDirectory;
  /** Kept together with every change: what is to be told to others. */
  also?: AlsoWrite | undefined;
  /** Told of every change once it is written down. */
  news?: WatchNews | undefined;
  now: () => number;
}

/** A clock this much off is set right; less is the way the message took. Milliseconds. */
const tolerableSkewMs = 2_000;

/** Everything that changes what somebody has watched. Each method returns when it is written down. */
export class WatchService {
  private readonly clock: HybridClock;
  private readonly queue: SaveQueue;

  constructor(private readonly options: WatchServiceOptions) {
    this.clock = new HybridClock(options.now);
    this.queue = new SaveQueue(options.watches, options.also);
  }

  /**
   * Notes where the player is.
   * @throws {NotFoundError} also for what is not meant for the watcher's age
   * @throws {EpisodeMismatchError} for a series without an episode, or a film with one
   */
  async save(watcher: Watcher, save: Save): Promise<StoredState> {
    const title = await this.getTitle(watcher, save.mediaId);
    if (!fits(title, save)) throw new EpisodeMismatchError(title.type);
    const { states } = await this.saveMany(watcher, [save]);
    const [state] = states;
    if (!state) throw new NotFoundError('Title');
    return state;
  }

  /**
   * The same for many at once, as a player that was offline brings them. `sentAt` is the player's clock now, from which
   * its error is known. What names no title, a series without an episode, or a film with one is left out; `accepted` has
   * the ids of the rest.
   */
  async saveMany(
    watcher: Watcher,
    saves: readonly Save[],
    sentAt?: number,
  ): Promise<{ accepted: string[]; states: StoredState[] }> {
    const known = await this.options.titles.findTitles(saves.map(({ mediaId }) => mediaId));
    // A film may have turned out to be another one while it played.
    const visible = saves.flatMap((save) => {
      const title = known.get(save.mediaId);
      return title && isVisible(title, watcher.ageLimit) && fits(title, save)
        ? [{ ...save, mediaId: title.mediaId }]
        : [];
    });
    const skew = sentAt === undefined ? 0 : this.options.now() - sentAt;
    const events: NewWatchEvent[] = [];
    for (const save of visible) {
      const stored = await this.options.watches.findState(watcher.userId, titleKeyOf(save));
      events.push(...this.eventsOf(watcher, save, Math.abs(skew) > tolerableSkewMs ? skew : 0, stored));
    }
    await this.keep(watcher.userId, events);
    const keys = [...new Set(visible.map(titleKeyOf))];
    const states = await Promise.all(keys.map((key) => this.options.watches.findState(watcher.userId, key)));
    return {
      accepted: visible.flatMap(({ id }) => id ?? []),
      states: states.filter((state) => state !== null),
    };
  }

  /**
   * Marks a film, an episode, a season (no `episode`) or a show (neither) as watched or not. What is so already stays.
   * Errors: not-found, conflict while the episodes of a show are not known.
   */
  async mark(watcher: Watcher, asked: TitleRef, watched: boolean): Promise<Change> {
    const known = await this.getTitle(watcher, asked.mediaId);
    const place = known.type === 'movie' ? { season: null, episode: null } : asked;
    const title = { season: place.season, episode: place.episode, mediaId: known.mediaId };
    const stored = await this.options.watches.listStates(watcher.userId, title.mediaId);
    const seen = new Set(stored.filter(({ plays }) => plays > 0).map(({ titleKey }) => titleKey));
    const touched = new Map(stored.map((state) => [state.titleKey, state]));
    const refs =
      known.type === 'movie' || title.episode !== null ? [title] : await this.episodesOf(title, stored);
    const news = refs.filter((ref) => {
      const key = titleKeyOf(ref);
      return watched ? !seen.has(key) : seen.has(key) || touched.get(key)?.inProgress === true;
    });
    return this.act(watcher, watched ? 'marked' : 'unmarked', news);
  }

  /** Takes a title out of "continue watching" until it is watched again. Errors: not-found. */
  async dismiss(watcher: Watcher, mediaId: string): Promise<Change> {
    const known = (await this.options.titles.findTitles([mediaId])).get(mediaId);
    const states = await this.options.watches.listStates(watcher.userId, known?.mediaId ?? mediaId);
    const latest = states.toSorted((a, b) => activity(b) - activity(a))[0];
    if (!latest) throw new NotFoundError('Title');
    return this.act(watcher, 'dismissed', [latest]);
  }

  /** Takes one line out of the history. Errors: not-found. */
  async removePlay(watcher: Watcher, id: string): Promise<Change> {
    const play = await this.options.watches.findPlay(watcher.userId, id);
    if (!play) throw new NotFoundError('History entry');
    return this.act(watcher, 'removed', [play], () => id);
  }

  /** Takes a change back, whole. The answer undoes the undoing. Errors: not-found. */
  async undo(watcher: Watcher, changeId: string): Promise<Change> {
    const events = await this.options.watches.listChange(watcher.userId, changeId);
    const undoable = events.filter(({ kind }) => !['started', 'position', 'paused'].includes(kind));
    if (undoable.length === 0) throw new NotFoundError('Change');
    const echoes = await this.echoesOf(watcher.userId, undoable);
    return this.act(watcher, 'undone', [...undoable, ...echoes], ({ id }) => id);
  }

  /** Adds what somebody else says was watched, Trakt for one. */
  async import(userId: string, events: readonly NewWatchEvent[], also?: AlsoWrite): Promise<TitleChange[]> {
    const changes = await this.options.watches.merge(userId, events, this.queue.fold, also);
    if (changes.length > 0) this.options.news?.tell(userId);
    return changes;
  }

  /** An event that is not of the player. */
  newEvent(
    watcher: Pick<Watcher, 'userId' | 'device'>,
    ref: TitleRef,
    facts: Pick<NewWatchEvent, 'kind' | 'changeId'> & Partial<NewWatchEvent>,
  ): NewWatchEvent {
    const stamp = this.clock.next();
    return {
      ...{ userId: watcher.userId, device: watcher.device, id: newId(), titleKey: titleKeyOf(ref) },
      ...{ mediaId: ref.mediaId, season: ref.season, episode: ref.episode },
      ...{ at: new Date(stamp.at), counter: stamp.counter, targetId: null, origin: 'manual' },
      ...{ positionSeconds: null, durationSeconds: null, fraction: null },
      receivedAt: new Date(this.options.now()),
      ...facts,
    };
  }

  private async keep(userId: string, events: readonly NewWatchEvent[]): Promise<void> {
    await this.queue.add(userId, events);
    if (events.length > 0) this.options.news?.tell(userId);
  }

  /** What Trakt told back of these plays: it goes with them. */
  private async echoesOf(userId: string, events: readonly NewWatchEvent[]): Promise<NewWatchEvent[]> {
    const endings = events.filter(({ kind }) => kind === 'marked' || kind === 'finished');
    const keys = [...new Set(endings.map(({ titleKey }) => titleKey))];
    const stored = await this.options.watches.listEvents(userId, keys);
    const ids = new Set(endings.map(({ id }) => id));
    return keys.flatMap((key) => {
      const ofTitle = stored.filter(({ titleKey }) => titleKey === key);
      const told = foldEvents(ofTitle.map(plainEvent))
        .plays.filter((play) => play.told.some((id) => ids.has(id)))
        .flatMap((play) => play.told);
      return ofTitle.filter(({ id, origin }) => origin === 'trakt' && !ids.has(id) && told.includes(id));
    });
  }

  private async act<T extends TitleRef>(
    watcher: Watcher,
    kind: WatchEventKind,
    refs: readonly T[],
    targetOf: (ref: T) => string | null = () => null,
    origin: WatchOrigin = 'manual',
  ): Promise<Change> {
    const changeId = newId();
    const latest = await this.options.watches.latestMoments(watcher.userId, refs.map(titleKeyOf));
    for (const at of latest.values()) this.clock.observe(at);
    const events = refs.map((ref) =>
      this.newEvent(watcher, ref, { kind, changeId, origin, targetId: targetOf(ref) }),
    );
    await this.keep(watcher.userId, events);
    return { changeId };
  }

  private async getTitle({ ageLimit }: Watcher, mediaId: string): Promise<WatchTitle> {
    const title = (await this.options.titles.findTitles([mediaId])).get(mediaId);
    if (!title || !suits(title, ageLimit)) throw new NotFoundError('Title');
    return title;
  }

  private async episodesOf(title: TitleRef, stored: readonly StoredState[]): Promise<TitleRef[]> {
    const guide = await this.options.titles.listEpisodes(title.mediaId);
    const today = new Date(this.options.now()).toISOString().slice(0, 10);
    const aired = guide.filter(({ airDate }) => airDate === null || airDate <= today);
    const refs = new Map<string, TitleRef>();
    for (const { season, episode } of [...aired, ...stored]) {
      const wanted = title.season === null ? season !== 0 : season === title.season;
      const ref = { mediaId: title.mediaId, season, episode };
      if (wanted && season !== null && episode !== null) refs.set(titleKeyOf(ref), ref);
    }
    if (refs.size === 0) throw new EpisodesUnknownError();
    return [...refs.values()];
  }

  private eventsOf(
    { userId, device }: Watcher,
    save: Save,
    skew: number,
    stored: StoredState | null,
  ): NewWatchEvent[] {
    const { positionSeconds, durationSeconds, state } = save;
    const { now } = this.options;
    const share = shareOf(save);
    const changeId = save.sitting ?? `${device}:${Math.floor(now() / sittingMs)}`;
    const moment =
      save.at === undefined ? {} : { at: new Date(Math.min(now(), Math.round(save.at + skew))), counter: 0 };
    const position = this.newEvent({ userId, device }, save, {
      kind: stored === null ? 'started' : state === 'paused' ? 'paused' : 'position',
      ...(save.id !== undefined && { id: save.id }),
      ...{ changeId, origin: 'player', positionSeconds, durationSeconds, fraction: share, ...moment },
    });
    if (state !== 'finished' && !countsAsFinished(share)) return [position];
    const since = position.at.getTime() - (stored?.watchedAt?.getTime() ?? -Infinity);
    if (Math.abs(since) <= samePlayWithinMs(durationSeconds)) return [position];
    const finished = this.newEvent({ userId, device }, save, {
      kind: 'finished',
      // One ending for one save, however often it is told.
      ...(save.id !== undefined && { id: `${save.id}:f` }),
      ...{ changeId, origin: 'player', durationSeconds, ...moment },
    });
    return [position, finished];
  }
}

/** Without a sitting of its own, what a device tells within this time is one. Milliseconds. */
const sittingMs = 6 * 60 * 60_000;

export function isVisible(title: WatchTitle | undefined, ageLimit: number | null): boolean {
  return title !== undefined && suits(title, ageLimit);
}

/** True when a film is named without an episode, and a series with one. */
function fits({ type }: WatchTitle, { season, episode }: TitleRef): boolean {
  return type === 'movie' ? season === null && episode === null : season !== null && episode !== null;
}

function activity({ lastActivityAt }: StoredState): number {
  return lastActivityAt?.getTime() ?? 0;
}
