import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * So that every order of every shelf of the catalogue is an index walk: the card index is filtered within its indexes,
 * genres are sorted by theirs, and the words are kept with the popular titles first.
 */
export class SortCatalogueByIndex1795381200000 implements MigrationInterface {
  readonly name = 'SortCatalogueByIndex1795381200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const index of oldIndexes) await runner.query(`DROP INDEX "${nameOf(index)}"`);
    for (const index of newIndexes) await runner.query(index);
    await remakeGenres(runner, { columns: sortColumns, values: sortValues, indexes: newGenreIndexes });
    await remakeWords(runner, `prefix='1 2 3 4'`, rank);
  }

  async down(runner: QueryRunner): Promise<void> {
    await remakeWords(runner, `prefix='2 3'`, '"number"');
    await remakeGenres(runner, { columns: '', values: '', indexes: oldGenreIndexes });
    for (const index of newIndexes) await runner.query(`DROP INDEX "${nameOf(index)}"`);
    for (const index of oldIndexes) await runner.query(index);
  }
}

const oldIndexes = [
  `CREATE INDEX "titles_name" ON "titles" ("name", "number")`,
  `CREATE INDEX "titles_release" ON "titles" ("releaseDate", "number")`,
  `CREATE INDEX "titles_rating" ON "titles" ("rating", "number")`,
  `CREATE INDEX "titles_popularity" ON "titles" ("popularity", "number")`,
  `CREATE INDEX "titles_public_domain" ON "titles" ("isArchived", "popularity", "number")`,
  `CREATE INDEX "titles_type_name" ON "titles" ("type", "name", "number")`,
  `CREATE INDEX "titles_type_release" ON "titles" ("type", "releaseDate", "number")`,
  `CREATE INDEX "titles_type_rating" ON "titles" ("type", "rating", "number")`,
  `CREATE INDEX "titles_type_popularity" ON "titles" ("type", "popularity", "number")`,
];

const newIndexes = [
  `CREATE INDEX "titles_by_popularity" ON "titles" ("type", "popularity", "number", "releaseDate", "rating", "language", "isArchived", "minimumAge")`,
  `CREATE INDEX "titles_by_rating" ON "titles" ("type", "rating", "number", "releaseDate", "language", "isArchived", "minimumAge")`,
  `CREATE INDEX "titles_by_release" ON "titles" ("type", "releaseDate", "number", "rating", "language", "isArchived", "minimumAge")`,
  `CREATE INDEX "titles_by_name" ON "titles" ("type", "name", "number", "releaseDate", "rating", "language", "isArchived", "minimumAge")`,
  `CREATE INDEX "titles_by_language" ON "titles" ("type", "language", "number")`,
  `CREATE INDEX "titles_archived" ON "titles" ("type", "isArchived", "number")`,
  `CREATE INDEX "titles_by_age" ON "titles" ("type", "minimumAge", "number")`,
];

const oldGenreIndexes = [
  `CREATE INDEX "title_genres_type" ON "title_genres" ("genreId", "type", "popularity", "number")`,
  `CREATE INDEX "title_genres_popularity" ON "title_genres" ("genreId", "popularity", "number")`,
];

const newGenreIndexes = [
  `CREATE INDEX "title_genres_by_popularity" ON "title_genres" ("genreId", "type", "popularity", "number")`,
  `CREATE INDEX "title_genres_by_rating" ON "title_genres" ("genreId", "type", "rating", "number")`,
  `CREATE INDEX "title_genres_by_release" ON "title_genres" ("genreId", "type", "releaseDate", "number")`,
  `CREATE INDEX "title_genres_by_name" ON "title_genres" ("genreId", "type", "name", "number")`,
];

const sortColumns = `"rating" real NOT NULL, "releaseDate" varchar(10) NOT NULL, "name" varchar(512) NOT NULL,`;
const sortValues = `, t."rating", t."releaseDate", t."name"`;

/** As `rankOf` in title-words.ts. */
const rank = `(400 - MIN(400, CAST(ROUND("popularity" * 20) AS INTEGER))) * 16777216 + "number"`;

function nameOf(index: string): string {
  return /INDEX "(\w+)"/.exec(index)?.[1] ?? '';
}

async function remakeGenres(
  runner: QueryRunner,
  { columns, values, indexes }: { columns: string; values: string; indexes: readonly string[] },
): Promise<void> {
  await runner.query(`CREATE TABLE "title_genres_new" (
    "number" integer NOT NULL,
    "genreId" varchar(64) NOT NULL,
    "type" varchar(8) NOT NULL,
    "popularity" real NOT NULL,
    ${columns}
    PRIMARY KEY ("number", "genreId")
  )`);
  await runner.query(
    `INSERT INTO "title_genres_new" SELECT g."number", g."genreId", g."type", t."popularity"${values}
      FROM "title_genres" g JOIN "titles" t ON t."number" = g."number"`,
  );
  await runner.query(`DROP TABLE "title_genres"`);
  await runner.query(`ALTER TABLE "title_genres_new" RENAME TO "title_genres"`);
  for (const index of indexes) await runner.query(index);
}

async function remakeWords(runner: QueryRunner, prefix: string, rowid: string): Promise<void> {
  await runner.query(`DROP TABLE "title_words"`);
  await runner.query(
    `CREATE VIRTUAL TABLE "title_words" USING fts5(words, content='', contentless_delete=1, detail=none, ${prefix}, tokenize='unicode61 remove_diacritics 0')`,
  );
  await runner.query(
    `INSERT INTO "title_words" (rowid, words) SELECT ${rowid}, "words" FROM "titles" ORDER BY 1`,
  );
}
