import { NotFoundError } from '../../errors/app-error.js';
import type {
  AlsoWriteRating,
  RatingRepository,
  StoredRating,
} from '../../repositories/rating.repository.js';
import type { TitleDirectory } from '../watch/title-directory.port.js';
import { type TitleRef, titleKeyOf } from '../watch/title-key.js';
import { isVisible, type Watcher } from '../watch/watch.service.js';
import type { WatchNews } from '../watch/watch-news.js';

export interface RatingServiceOptions {
  ratings: RatingRepository;
  titles: TitleDirectory;
  /** Kept together with every change: what is to be told to others. */
  also?: AlsoWriteRating | undefined;
  /** Told of every change once it is written down. */
  news?: WatchNews | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** What people think of films, shows and episodes: their own business, nobody else sees it. */
export class RatingService {
  constructor(private readonly options: RatingServiceOptions) {}

  /**
   * Rates a film, a show (neither `season` nor `episode`) or an episode.
   * @param rating 1 to 10; null takes it back
   * Errors: not-found, also for what is not meant for the reader's age.
   */
  async rate(
    { userId, ageLimit }: Pick<Watcher, 'userId' | 'ageLimit'>,
    ref: TitleRef,
    rating: number | null,
  ): Promise<void> {
    const { ratings, titles, now, also } = this.options;
    const title = (await titles.findTitles([ref.mediaId])).get(ref.mediaId);
    const isWhole = ref.season === null;
    if (!title || !isVisible(title, ageLimit) || (title.type === 'movie' && !isWhole))
      throw new NotFoundError('Title');
    const place = { mediaId: title.mediaId, season: ref.season, episode: ref.episode };
    const change = { userId, titleKey: titleKeyOf(place), ...place, rating, ratedAt: new Date(now()) };
    await ratings.change(change, also);
    this.options.news?.tell(userId);
  }

  /** Of a film, or of a show and its episodes. Whether the title may be seen is for the caller to know. */
  list(userId: string, mediaId: string): Promise<StoredRating[]> {
    return this.options.ratings.listOf(userId, mediaId);
  }
}
