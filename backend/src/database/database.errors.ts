// These end the start of the server, so they are plain errors whose message is one line for the operator.

/** The file is no database, or its pages contradict each other. Nothing was written to it. */
export class DatabaseCorruptError extends Error {
  override readonly name = 'DatabaseCorruptError';

  constructor(file: string, finding: string, cause?: unknown) {
    super(
      `The database ${file} is damaged (${oneLine(finding)}). Nothing was changed. Put a backup in its place, or move it away to begin with an empty one.`,
      { cause },
    );
  }
}

/** The file or its folder cannot be created, opened or written. */
export class DatabaseUnwritableError extends Error {
  override readonly name = 'DatabaseUnwritableError';

  constructor(file: string, reason: string, cause?: unknown) {
    super(
      `The database ${file} cannot be written (${oneLine(reason)}). Check DATA_DIR, its owner and the free space.`,
      {
        cause,
      },
    );
  }
}

/** A newer version of Kinora has changed the schema; this one would misread it. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';

  constructor(file: string, migration: string) {
    super(
      `The database ${file} was written by a newer version of Kinora (${oneLine(migration)}). Start that version, or put the backup from before the update in its place.`,
    );
  }
}

/** Another server has the data folder; it stays that one's. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';

  constructor(folder: string, cause?: unknown) {
    super(
      `Another Kinora is using the data folder ${folder}. Stop it first, or set DATA_DIR to a folder of this one's own.`,
      { cause },
    );
  }
}

/** A PostgreSQL that cannot be connected to, or does not let us do what is needed. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';

  constructor(where: string, reason: string, cause?: unknown) {
    super(
      `The database ${where} cannot be used (${oneLine(reason)}). Check DATABASE_URL, and that it runs and lets this server in.`,
      { cause },
    );
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}
