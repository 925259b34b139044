import type { QueryRunner } from 'typeorm';
import { statements, tables } from './1795383000000-all-tables.js';
import type { PostgresMigration } from './postgres-migration.js';

/** Everything that SQLite has by now, and the words that titles are found by. */
export class CreateAllTables1795383000000 implements PostgresMigration {
  readonly name = 'CreateAllTables1795383000000';
  readonly counterpartOf = [
    'CreateCoreTables1795345200000',
    'AddAgeLimitAndLanguage1795352400000',
    'ChainAuditEvents1795356000000',
    'AddTorrentUses1795358400000',
    'AddJobs1795363200000',
    'AddDatabaseIdentity1795364100000',
    'CreateWatchTables1795366800000',
    'AddSettings1795368600000',
    'AddSwarmMemories1795370400000',
    'AddCatalogue1795372200000',
    'CreateTraktTables1795368600000',
    'AddIndexers1795374000000',
    'AddTraktListsAndRatings1795377600000',
    'SortCatalogueByIndex1795381200000',
  ];

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...statements, ...words]) await runner.query(statement);
    await runner.query(
      `INSERT INTO "audit_chain" ("id", "headPosition", "headHash", "basePosition", "baseHash") VALUES ('audit', 0, '', 0, '')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['title_spellings', 'title_dictionary', 'title_words', ...tables])
      await runner.query(`DROP TABLE "${table}" CASCADE`);
  }
}

/**
 * What SQLite's full-text index is there: the words of `titles` by number, all words there are, and these cut in threes
 * (`0` marks the edges of a word) to find what was meant by a mistyped one. No extension is needed, for not everybody may
 * install one.
 */
const words = [
  `CREATE TABLE "title_words" ("number" bigint PRIMARY KEY, "rank" bigint NOT NULL, "words" tsvector NOT NULL)`,
  `CREATE INDEX "title_words_rank" ON "title_words" ("rank")`,
  `CREATE INDEX "title_words_words" ON "title_words" USING gin ("words")`,
  `CREATE TABLE "title_dictionary" (
    "number" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "word" character varying COLLATE "C" NOT NULL
  )`,
  `CREATE UNIQUE INDEX "title_dictionary_word" ON "title_dictionary" ("word")`,
  `CREATE TABLE "title_spellings" (
    "three" character varying COLLATE "C" NOT NULL,
    "number" bigint NOT NULL,
    PRIMARY KEY ("three", "number")
  )`,
];
