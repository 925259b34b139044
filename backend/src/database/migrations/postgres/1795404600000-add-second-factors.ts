import type { QueryRunner } from 'typeorm';
import type { PostgresMigration } from './postgres-migration.js';

/** Adds authenticator apps, recovery codes and passkeys, and when the user of a session last proved who they are. */
export class AddSecondFactors1795404600000 implements PostgresMigration {
  readonly name = 'AddSecondFactors1795404600000';
  readonly counterpartOf = ['AddSecondFactors1795404600000'];

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}

const word = 'character varying COLLATE "C"';
const prose = 'text COLLATE "C"';

const user = (table: string) =>
  `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_user_fk" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`;

const up = [
  `ALTER TABLE "sessions" ADD "authenticatedAt" bigint`,
  `CREATE TABLE "totp_secrets" (
    "userId" ${word} NOT NULL,
    "secret" ${prose} NOT NULL,
    "confirmedAt" bigint,
    "lastStep" bigint,
    "createdAt" bigint NOT NULL,
    CONSTRAINT "PK_3a9b833c86dc46f3173f76b2c94" PRIMARY KEY ("userId")
  )`,
  user('totp_secrets'),
  `CREATE TABLE "recovery_codes" (
    "userId" ${word} NOT NULL,
    "codeHash" ${word} NOT NULL,
    "createdAt" bigint NOT NULL,
    "usedAt" bigint,
    CONSTRAINT "PK_8ee959087728f17dac81cb93dda" PRIMARY KEY ("userId", "codeHash")
  )`,
  user('recovery_codes'),
  `CREATE TABLE "passkeys" (
    "id" ${word} NOT NULL,
    "userId" ${word} NOT NULL,
    "credentialId" ${word} NOT NULL,
    "publicKey" ${prose} NOT NULL,
    "counter" bigint NOT NULL,
    "transports" text NOT NULL,
    "rpId" ${word} NOT NULL,
    "name" ${word} NOT NULL,
    "createdAt" bigint NOT NULL,
    "lastUsedAt" bigint,
    "counterRegressedAt" bigint,
    CONSTRAINT "PK_db928e6fd79e7098911268a74c3" PRIMARY KEY ("id")
  )`,
  `CREATE UNIQUE INDEX "passkeys_credential" ON "passkeys" ("credentialId")`,
  `CREATE INDEX "passkeys_user" ON "passkeys" ("userId")`,
  user('passkeys'),
  `CREATE TABLE "spent_challenges" (
    "id" ${word} NOT NULL,
    "expiresAt" bigint NOT NULL,
    CONSTRAINT "PK_3683036358aea8a84a2ddbd339e" PRIMARY KEY ("id")
  )`,
  `CREATE INDEX "spent_challenges_expiry" ON "spent_challenges" ("expiresAt")`,
];

const down = [
  `DROP TABLE "spent_challenges"`,
  `DROP TABLE "passkeys"`,
  `DROP TABLE "recovery_codes"`,
  `DROP TABLE "totp_secrets"`,
  `ALTER TABLE "sessions" DROP COLUMN "authenticatedAt"`,
];
