import { type EntityTarget, In, type ObjectLiteral } from 'typeorm';
import type { Store } from '../database/store.js';
import { HomeLayout } from '../entities/home-layout.entity.js';
import { MediaList } from '../entities/media-list.entity.js';
import { MediaListItem } from '../entities/media-list-item.entity.js';
import { Movie } from '../entities/movie.entity.js';
import { Passkey } from '../entities/passkey.entity.js';
import { Rating } from '../entities/rating.entity.js';
import { RecoveryCode } from '../entities/recovery-code.entity.js';
import { Session } from '../entities/session.entity.js';
import { TorrentUse } from '../entities/torrent-use.entity.js';
import { TotpSecret } from '../entities/totp-secret.entity.js';
import { TraktAccount } from '../entities/trakt-account.entity.js';
import { TraktOutboxEntry } from '../entities/trakt-outbox-entry.entity.js';
import { TraktPlay } from '../entities/trakt-play.entity.js';
import { TraktWatchlistItem } from '../entities/trakt-watchlist-item.entity.js';
import { TVShow } from '../entities/tv-show.entity.js';
import { User } from '../entities/user.entity.js';
import { WatchEvent } from '../entities/watch-event.entity.js';
import { WatchPlay } from '../entities/watch-play.entity.js';
import { WatchState } from '../entities/watch-state.entity.js';

interface Section {
  entity: EntityTarget<ObjectLiteral>;
  /** Column that names the account; of list items, the list. */
  owner: string;
  /** Column that is unique for an owner; pages are read in its order. */
  key: string;
  /** Columns left out: secrets, and what stands for one. */
  secret?: readonly string[];
}

/** Every table that holds data of an account, by its name in the export. */
export const ownDataSections = {
  account: { entity: User, owner: 'id', key: 'id', secret: ['passwordHash', 'usernameKey'] },
  sessions: { entity: Session, owner: 'userId', key: 'id', secret: ['tokenHash', 'rotations', 'heldUntil'] },
  authenticatorApps: { entity: TotpSecret, owner: 'userId', key: 'userId', secret: ['secret', 'lastStep'] },
  passkeys: { entity: Passkey, owner: 'userId', key: 'id', secret: ['publicKey'] },
  recoveryCodes: { entity: RecoveryCode, owner: 'userId', key: 'codeHash', secret: ['codeHash'] },
  homeLayouts: { entity: HomeLayout, owner: 'userId', key: 'userId' },
  ratings: { entity: Rating, owner: 'userId', key: 'titleKey' },
  watchStates: { entity: WatchState, owner: 'userId', key: 'titleKey' },
  watchPlays: { entity: WatchPlay, owner: 'userId', key: 'id' },
  watchEvents: { entity: WatchEvent, owner: 'userId', key: 'id' },
  torrentUses: { entity: TorrentUse, owner: 'userId', key: 'infoHash' },
  lists: { entity: MediaList, owner: 'ownerId', key: 'id' },
  listItems: { entity: MediaListItem, owner: 'listId', key: 'mediaId' },
  trakt: { entity: TraktAccount, owner: 'userId', key: 'userId', secret: ['tokens'] },
  traktPlays: { entity: TraktPlay, owner: 'userId', key: 'remoteId' },
  traktOutbox: { entity: TraktOutboxEntry, owner: 'userId', key: 'id' },
  traktWatchlist: { entity: TraktWatchlistItem, owner: 'userId', key: 'mediaId' },
} as const satisfies Record<string, Section>;

export type OwnDataSection = keyof typeof ownDataSections;
export type OwnDataRow = Record<string, unknown>;

/** Reads what is stored about an account, a page at a time. */
export class OwnDataRepository {
  constructor(
    private readonly store: Store,
    private readonly rowsPerPage = 500,
  ) {}

  /** @param ownerId of the account; of list items, the id of the list */
  async *list(name: OwnDataSection, ownerId: string): AsyncGenerator<OwnDataRow[]> {
    const { entity, owner, key, secret = [] }: Section = ownDataSections[name];
    const { columns } = this.store.reader.dataSource.getMetadata(entity);
    const shown = columns
      .map(({ propertyName }) => propertyName)
      .filter((property) => !secret.includes(property));
    for (let after: unknown = null; ; ) {
      const query = this.store.reader
        .createQueryBuilder(entity, 'row')
        .where(`row.${owner} = :ownerId`, { ownerId })
        .orderBy(`row.${key}`, 'ASC')
        .take(this.rowsPerPage);
      if (after !== null) query.andWhere(`row.${key} > :after`, { after });
      const rows = await query.getMany();
      const last = rows.at(-1);
      if (!last) return;
      yield await this.withTitles(rows.map((row) => pick(row, shown)));
      if (rows.length < this.rowsPerPage) return;
      after = last[key];
    }
  }

  /** Adds the names of films and series, whose ids mean nothing to a reader. */
  private async withTitles(rows: OwnDataRow[]): Promise<OwnDataRow[]> {
    const ids = new Set(rows.map(({ mediaId }) => mediaId).filter((id) => typeof id === 'string'));
    if (ids.size === 0) return rows;
    const named = { where: { id: In([...ids]) }, select: { id: true, title: true } };
    const [movies, shows] = [
      await this.store.reader.find(Movie, named),
      await this.store.reader.find(TVShow, named),
    ];
    const titles = new Map<unknown, string>([...movies, ...shows].map(({ id, title }) => [id, title]));
    return rows.map((row) => ({ title: titles.get(row['mediaId']) ?? null, ...row }));
  }
}

function pick(row: ObjectLiteral, properties: readonly string[]): OwnDataRow {
  return Object.fromEntries(properties.map((property): [string, unknown] => [property, row[property]]));
}
