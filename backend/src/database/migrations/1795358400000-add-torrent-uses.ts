import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which stored torrents are pinned, and who played them. */
export class AddTorrentUses1795358400000 implements MigrationInterface {
  readonly name = 'AddTorrentUses1795358400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "stored_torrents" ADD COLUMN "pinnedAt" bigint`);
    await runner.query(`CREATE TABLE "torrent_uses" (
    "infoHash" varchar(40) NOT NULL,
    "userId" varchar(64) NOT NULL,
    "title" varchar(512) NOT NULL,
    "mediaId" varchar(64),
    "lastUsedAt" bigint NOT NULL,
    PRIMARY KEY ("infoHash", "userId"),
    CONSTRAINT "torrent_uses_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`);
    await runner.query(`CREATE INDEX "torrent_uses_user" ON "torrent_uses" ("userId")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "torrent_uses"`);
    await runner.query(`ALTER TABLE "stored_torrents" DROP COLUMN "pinnedAt"`);
  }
}
