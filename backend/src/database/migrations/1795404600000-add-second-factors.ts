import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds authenticator apps, recovery codes and passkeys, and when the user of a session last proved who they are. */
export class AddSecondFactors1795404600000 implements MigrationInterface {
  readonly name = 'AddSecondFactors1795404600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}

const user = (table: string) =>
  `CONSTRAINT "${table}_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION`;

const up = [
  `ALTER TABLE "sessions" ADD COLUMN "authenticatedAt" bigint`,
  `CREATE TABLE "totp_secrets" (
    "userId" varchar(64) PRIMARY KEY NOT NULL,
    "secret" text NOT NULL,
    "confirmedAt" bigint,
    "lastStep" bigint,
    "createdAt" bigint NOT NULL,
    ${user('totp_secrets')}
  )`,
  `CREATE TABLE "recovery_codes" (
    "userId" varchar(64) NOT NULL,
    "codeHash" varchar(64) NOT NULL,
    "createdAt" bigint NOT NULL,
    "usedAt" bigint,
    PRIMARY KEY ("userId", "codeHash"),
    ${user('recovery_codes')}
  )`,
  `CREATE TABLE "passkeys" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "userId" varchar(64) NOT NULL,
    "credentialId" varchar(1364) NOT NULL,
    "publicKey" text NOT NULL,
    "counter" bigint NOT NULL,
    "transports" text NOT NULL,
    "rpId" varchar(253) NOT NULL,
    "name" varchar(64) NOT NULL,
    "createdAt" bigint NOT NULL,
    "lastUsedAt" bigint,
    "counterRegressedAt" bigint,
    ${user('passkeys')}
  )`,
  `CREATE UNIQUE INDEX "passkeys_credential" ON "passkeys" ("credentialId")`,
  `CREATE INDEX "passkeys_user" ON "passkeys" ("userId")`,
  `CREATE TABLE "spent_challenges" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "expiresAt" bigint NOT NULL
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
