import { createHash } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

interface OldRow {
  id: string;
  at: number | string;
  action: string;
  outcome: string;
  actorId: string | null;
  actorName: string | null;
  address: string | null;
  requestId: string | null;
  detail: string;
}

const oldColumns = `"id" varchar(64) PRIMARY KEY NOT NULL,
    "at" bigint NOT NULL,
    "action" varchar(64) NOT NULL,
    "outcome" varchar(16) NOT NULL,
    "actorId" varchar(64),
    "actorName" varchar(64),
    "address" varchar(64),
    "requestId" varchar(64),
    "detail" text NOT NULL`;
const names = '"id", "at", "action", "outcome", "actorId", "actorName", "address", "requestId", "detail"';

/** Gives every audit event its place and a hash over itself and the one before. What is there already is chained as it is. */
export class ChainAuditEvents1795356000000 implements MigrationInterface {
  readonly name = 'ChainAuditEvents1795356000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "audit_events" RENAME TO "audit_events_old"`);
    await runner.query(`CREATE TABLE "audit_events" (
    ${oldColumns},
    "position" bigint NOT NULL,
    "hash" varchar(64) NOT NULL
  )`);
    const rows = (await runner.query(
      `SELECT ${names} FROM "audit_events_old" ORDER BY "at", "id"`,
    )) as OldRow[];
    let hash = '';
    for (const [index, row] of rows.entries()) {
      hash = linkHash(hash, index + 1, row);
      const { id, at, action, outcome, actorId, actorName, address, requestId, detail } = row;
      await runner.query(
        `INSERT INTO "audit_events" (${names}, "position", "hash") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [id, at, action, outcome, actorId, actorName, address, requestId, detail, index + 1, hash],
      );
    }
    await runner.query(`DROP TABLE "audit_events_old"`);
    await runner.query(`CREATE UNIQUE INDEX "audit_events_position" ON "audit_events" ("position")`);
    await runner.query(`CREATE INDEX "audit_events_at" ON "audit_events" ("at", "position")`);
    await runner.query(`CREATE INDEX "audit_events_action" ON "audit_events" ("action", "position")`);
    await runner.query(`CREATE INDEX "audit_events_actor" ON "audit_events" ("actorId", "position")`);
    await runner.query(`CREATE TABLE "audit_chain" (
    "id" varchar(16) PRIMARY KEY NOT NULL,
    "headPosition" bigint NOT NULL,
    "headHash" varchar(64) NOT NULL,
    "basePosition" bigint NOT NULL,
    "baseHash" varchar(64) NOT NULL
  )`);
    await runner.query(`INSERT INTO "audit_chain" VALUES ('audit', ?, ?, 0, '')`, [rows.length, hash]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "audit_chain"`);
    await runner.query(`ALTER TABLE "audit_events" RENAME TO "audit_events_old"`);
    await runner.query(`CREATE TABLE "audit_events" (${oldColumns})`);
    await runner.query(`INSERT INTO "audit_events" (${names}) SELECT ${names} FROM "audit_events_old"`);
    await runner.query(`DROP TABLE "audit_events_old"`);
    await runner.query(`CREATE INDEX "audit_events_at" ON "audit_events" ("at", "id")`);
    await runner.query(`CREATE INDEX "audit_events_action" ON "audit_events" ("action", "at", "id")`);
  }
}

/** As services/audit/audit-chain.ts had it when this was written. */
function linkHash(previous: string, position: number, row: OldRow): string {
  const { id, at, action, outcome, actorId, actorName, address, requestId, detail } = row;
  const plain = [previous, position, id, Number(at), action, outcome, actorId, actorName, address, requestId];
  return createHash('sha256')
    .update(JSON.stringify([...plain, JSON.parse(detail)]))
    .digest('hex');
}
