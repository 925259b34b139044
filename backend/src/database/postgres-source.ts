import { DataSource, type QueryRunner, type ReplicationMode } from 'typeorm';
import { entities } from './entity-list.js';
import { postgresMigrations } from './migrations/postgres/index.js';
import { Outage } from './outage.js';
import { fitColumns } from './postgres-columns.js';
import { asAppError, isLost, unavailable } from './postgres-errors.js';

export type Purpose = 'read' | 'write' | 'migrate';

const connectTimeoutMs = 5_000;
const statementTimeoutMs = 30_000;
/** Answers that never come: the network is gone, or the server hangs. */
const silenceMs = statementTimeoutMs + 5_000;
/** For another writer; longer than any write takes. */
const lockTimeoutMs = 10_000;
/** A writer that hangs in the middle must not keep the others out. */
const idleInTransactionMs = 30_000;

const connections = { read: 8, write: 1, migrate: 2 } as const satisfies Record<Purpose, number>;

/** Connections to a PostgreSQL for one purpose. Its errors are ours: `database-unavailable` while it cannot be asked. */
export class PostgresSource extends DataSource {
  private readonly outage = new Outage();

  constructor(
    url: string,
    private readonly purpose: Purpose,
    log: (error: Error) => void = () => undefined,
  ) {
    super({
      type: 'postgres',
      url,
      entities,
      migrations: purpose === 'migrate' ? [...postgresMigrations] : [],
      migrationsTransactionMode: 'each',
      synchronize: false,
      applicationName: 'Kinora',
      connectTimeoutMS: connectTimeoutMs,
      poolSize: connections[purpose],
      parseInt8: true,
      installExtensions: false,
      // An idle connection that broke is replaced when one is needed.
      poolErrorHandler: log,
      extra: {
        keepAlive: true,
        ...(purpose !== 'migrate' && { query_timeout: silenceMs }),
        verify: (client: Client, done: (error?: Error) => void) => client.query(sessionOf(purpose), done),
      },
    });
    // Known to SQLite only; `fitColumns` makes it another before it is used.
    this.driver.supportedDataTypes.push('blob');
  }

  override async initialize(): Promise<this> {
    await super.initialize();
    fitColumns(this.entityMetadatas);
    return this;
  }

  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const query = runner.query.bind(runner);
    return Object.assign(runner, {
      query: (sql: string, values: unknown[] | undefined, structured: true) =>
        this.guarded(runner, () => query(sql, values?.map(storable), structured)),
    });
  }

  private async guarded<T>(runner: QueryRunner, ask: () => Promise<T>): Promise<T> {
    if (this.purpose === 'migrate') return ask();
    if (!this.outage.mayAsk()) throw unavailable();
    try {
      const answer = await ask();
      this.outage.over();
      return answer;
    } catch (error) {
      if (isLost(error)) {
        this.outage.failed();
        await hangUp(runner);
      }
      throw asAppError(error);
    }
  }
}

/** What is used of the driver's client, which TypeORM types as `any`. */
interface Client {
  query(sql: string, done: (error?: Error) => void): void;
}

/** For every connection that is made. Set here and not in the URL, whose own options would replace these. */
function sessionOf(purpose: Purpose): string {
  const settings = [
    `default_transaction_isolation = 'read committed'`,
    `timezone = 'UTC'`,
    ...(purpose === 'migrate' ? [] : [`statement_timeout = ${statementTimeoutMs}`]),
    `idle_in_transaction_session_timeout = ${idleInTransactionMs}`,
    `lock_timeout = ${purpose === 'migrate' ? 0 : lockTimeoutMs}`,
    `default_transaction_read_only = ${purpose === 'read' ? 'on' : 'off'}`,
  ];
  return settings.map((setting) => `SET ${setting}`).join('; ');
}

/** PostgreSQL has no character 0 in its texts. A text with another in its place equals none that somebody typed. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}

/** A connection that does not answer is of no use to the next one. */
async function hangUp(runner: QueryRunner): Promise<void> {
  try {
    const client: unknown = await runner.connect();
    if (isEndable(client)) await client.end();
  } catch {
    // It is gone already.
  }
}

function isEndable(client: unknown): client is { end: () => Promise<void> } {
  return typeof client === 'object' && client !== null && 'end' in client && typeof client.end === 'function';
}
