import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const debianFolder = '/usr/lib/postgresql';
const superuser = 'kinora';
/** For a server to start, on a machine that is busy. */
const patienceMs = 60_000;

/** Where PostgreSQL's programs lie, the newest version of several; null when there is none. */
export function postgresPrograms(): string | null {
  if (!existsSync(debianFolder)) return null;
  const versions = readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a));
  return (
    versions
      .map((version) => path.join(debianFolder, version, 'bin'))
      .find((folder) => existsSync(path.join(folder, 'initdb'))) ?? null
  );
}

/**
 * A PostgreSQL of the test's own on loopback, which can be hung, killed and started again. It refuses to run as root, so
 * for root it runs as `postgres`, the user that comes with its Debian package.
 */
export class PostgresServer {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly programs: string,
    private readonly port: number,
    private readonly folder: string,
    private readonly as: User,
  ) {}

  static async start(): Promise<PostgresServer> {
    const programs = postgresPrograms();
    if (programs === null) throw new Error('PostgreSQL is not installed.');
    const folder = await mkdtemp(path.join(tmpdir(), 'kinora-postgres-'));
    const as: User = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
    if (as.uid !== undefined) await chown(folder, as.uid, as.gid);
    const server = new PostgresServer(programs, await freePort(), folder, as);
    try {
      server.initialize();
      await server.begin();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** Of the database `name`. */
  url(name = 'postgres'): string {
    return `postgres://${superuser}@127.0.0.1:${this.port}/${name}`;
  }

  /** A new database with what `template` holds. */
  async createDatabase(
    name = `test_${randomBytes(8).toString('hex')}`,
    template = 'template0',
  ): Promise<string> {
    await this.sql(`CREATE DATABASE "${name}" TEMPLATE "${template}"`);
    return this.url(name);
  }

  /** Runs a statement as psql does; answers what it prints. */
  async sql(statement: string, database = 'postgres'): Promise<string> {
    const args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', statement, this.url(database)];
    const child = spawn(path.join(this.programs, 'psql'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`psql: ${errors}`);
    return output.trim();
  }

  /** Again, on the same port and with the same data, after `kill`. */
  async begin(): Promise<void> {
    const settings = [
      `port=${this.port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.folder}`,
      'fsync=off',
      'max_connections=200',
      'shared_buffers=32MB',
      'autovacuum=off',
    ];
    const args = ['-D', path.join(this.folder, 'data'), ...settings.flatMap((text) => ['-c', text])];
    const child = spawn(path.join(this.programs, 'postgres'), args, {
      ...this.as,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    this.child = child;
    const end = Date.now() + patienceMs;
    for (;;) {
      const { status } = spawnSync(path.join(this.programs, 'pg_isready'), ['-q', '-d', this.url()]);
      if (status === 0) return;
      if (child.exitCode !== null || Date.now() > end) throw new Error('PostgreSQL did not start.');
      await sleep(50);
    }
  }

  hang(): void {
    for (const pid of this.pids()) process.kill(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of this.pids()) process.kill(pid, 'SIGCONT');
  }

  /** At once: connections break, nothing is tidied up. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    const closed = once(child, 'close');
    // Its own word for an immediate shutdown; SIGKILL would leave its children and their shared memory.
    child.kill('SIGQUIT');
    child.kill('SIGCONT');
    await closed;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private initialize(): void {
    const args = [
      '-D',
      path.join(this.folder, 'data'),
      '-U',
      superuser,
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-sync',
    ];
    // Not the order of bytes, so that what relies on that order has to ask for it.
    const locale = ['--locale-provider=icu', '--icu-locale=en-US', '--locale=C.UTF-8'];
    const { status, stderr } = spawnSync(path.join(this.programs, 'initdb'), [...args, ...locale], {
      ...this.as,
      cwd: this.folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
  }

  private pids(): number[] {
    const pid = this.child?.pid;
    if (pid === undefined) return [];
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    return [pid, ...stdout.trim().split(/\s+/).filter(Boolean).map(Number)];
  }
}

/** Whom it runs as; without, whoever runs the test. */
type User = { uid: number; gid: number } | { uid?: never; gid?: never };

function idOf(flag: '-u' | '-g'): number {
  const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  if (status !== 0) throw new Error('There is no user postgres to run PostgreSQL as.');
  return Number(stdout);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
