import { AuditChain } from '../entities/audit-chain.entity.js';
import { AuditEvent } from '../entities/audit-event.entity.js';
import { Certification } from '../entities/certification.entity.js';
import { Credit } from '../entities/credit.entity.js';
import { DatabaseIdentity } from '../entities/database-identity.entity.js';
import { Episode } from '../entities/episode.entity.js';
import { Genre } from '../entities/genre.entity.js';
import { HomeLayout } from '../entities/home-layout.entity.js';
import { Indexer } from '../entities/indexer.entity.js';
import { JobState } from '../entities/job.entity.js';
import { JobRun } from '../entities/job-run.entity.js';
import { Lease } from '../entities/lease.entity.js';
import { MediaList } from '../entities/media-list.entity.js';
import { MediaListItem } from '../entities/media-list-item.entity.js';
import { Movie } from '../entities/movie.entity.js';
import { Passkey } from '../entities/passkey.entity.js';
import { Person } from '../entities/person.entity.js';
import { Rating } from '../entities/rating.entity.js';
import { RecoveryCode } from '../entities/recovery-code.entity.js';
import { Season } from '../entities/season.entity.js';
import { Session } from '../entities/session.entity.js';
import { Setting } from '../entities/setting.entity.js';
import { SettingRevision } from '../entities/setting-revision.entity.js';
import { Source } from '../entities/source.entity.js';
import { SourceSearch } from '../entities/source-search.entity.js';
import { SpentChallenge } from '../entities/spent-challenge.entity.js';
import { StoredTorrent } from '../entities/stored-torrent.entity.js';
import { SwarmMemory } from '../entities/swarm-memory.entity.js';
import { SyncState } from '../entities/sync-state.entity.js';
import { TitleCard } from '../entities/title.entity.js';
import { TitleGenre } from '../entities/title-genre.entity.js';
import { TitleRefresh } from '../entities/title-refresh.entity.js';
import { TorrentUse } from '../entities/torrent-use.entity.js';
import { TotpSecret } from '../entities/totp-secret.entity.js';
import { TraktAccount } from '../entities/trakt-account.entity.js';
import { TraktOutboxEntry } from '../entities/trakt-outbox-entry.entity.js';
import { TraktPlay } from '../entities/trakt-play.entity.js';
import { TraktTitle } from '../entities/trakt-title.entity.js';
import { TraktWatchlistItem } from '../entities/trakt-watchlist-item.entity.js';
import { Translation } from '../entities/translation.entity.js';
import { TVShow } from '../entities/tv-show.entity.js';
import { User } from '../entities/user.entity.js';
import { WatchEvent } from '../entities/watch-event.entity.js';
import { WatchPlay } from '../entities/watch-play.entity.js';
import { WatchState } from '../entities/watch-state.entity.js';

/** Every table that has a class. */
export const entities = [
  User,
  Session,
  Movie,
  Source,
  SourceSearch,
  Indexer,
  StoredTorrent,
  AuditEvent,
  AuditChain,
  DatabaseIdentity,
  SwarmMemory,
  TorrentUse,
  JobState,
  JobRun,
  WatchEvent,
  WatchState,
  WatchPlay,
  Setting,
  SettingRevision,
  Certification,
  Credit,
  Episode,
  Genre,
  HomeLayout,
  MediaList,
  MediaListItem,
  Person,
  Season,
  SyncState,
  TitleCard,
  TitleGenre,
  TitleRefresh,
  Translation,
  TVShow,
  TraktAccount,
  TraktPlay,
  TraktOutboxEntry,
  TraktTitle,
  TraktWatchlistItem,
  Rating,
  Lease,
  TotpSecret,
  RecoveryCode,
  Passkey,
  SpentChallenge,
];
