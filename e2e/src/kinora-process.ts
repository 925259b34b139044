import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaksIn, noteEnvironment, noteKeys } from './secret-ledger.js';

const program = fileURLToPath(new URL('../../backend/bin/kinora.js', import.meta.url));

export interface Exit {
  code: number | null;
  /** Everything it printed. */
  output: string;
}

/** The built product as a process of its own, as an operator runs it. */
export class KinoraProcess {
  private readonly lines: string[] = [];
  private readonly child: ChildProcess;
  readonly exited: Promise<Exit>;

  private constructor(
    environment: Readonly<Record<string, string>>,
    readonly dataDir: string,
    through: readonly string[],
  ) {
    const { PATH = '', HOME = '' } = process.env;
    noteEnvironment(environment);
    const [command, ...args] = [
      ...through,
      process.execPath,
      // As the container image and the service unit start it.
      '--max-semi-space-size=4',
      program,
      'start',
    ];
    this.child = spawn(command, args, {
      env: { PATH, HOME, HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.lines.push(text));
    }
    this.exited = once(this.child, 'close').then(([code]: unknown[]) => {
      this.assertKeptSecrets();
      return { code: typeof code === 'number' ? code : null, output: this.output };
    });
    // Whoever ends it waits for this; a server that is never asked how it ended must not end the run.
    this.exited.catch(() => undefined);
  }

  /** Starts it and does not wait for anything. `through`: a program that runs the rest of its command line. */
  static launch(
    environment: Readonly<Record<string, string>>,
    dataDir: string,
    through: readonly string[] = [],
  ): KinoraProcess {
    return new KinoraProcess(environment, dataDir, through);
  }

  /** Starts it and waits for the line that says it is ready. */
  static async start(
    environment: Readonly<Record<string, string>>,
    dataDir?: string,
    through: readonly string[] = [],
  ): Promise<KinoraProcess> {
    const kinora = new KinoraProcess(environment, dataDir ?? (await newDataDir()), through);
    await kinora.ready();
    return kinora;
  }

  get output(): string {
    return this.lines.join('');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    return /Kinora is ready: (http:\/\/\S+?)(?:,|\s)/.exec(this.output)?.[1] ?? '';
  }

  get setupCode(): string {
    return /set-up code (\S+)/.exec(this.output)?.[1] ?? '';
  }

  /** Asks it to stop, as a service manager does. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<Exit> {
    this.child.kill(signal);
    return this.exited;
  }

  /** Ends it without asking, as a power cut does. */
  async kill(): Promise<Exit> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  /** T48: nothing that any test used as a secret may be in what it printed. The set-up code is: the operator reads it there. */
  private assertKeptSecrets(): void {
    noteKeys(this.dataDir);
    const leaks = leaksIn(this.output);
    if (leaks.length > 0) throw new Error(`T48 secrets in the log of a server: ${leaks.join('; ')}`);
  }

  private async ready(): Promise<void> {
    while (this.url === '') {
      const ended = await Promise.race([
        once(this.child.stdout ?? this.child, 'data').then(() => null),
        this.exited,
      ]);
      if (ended) throw new Error(`Kinora ended with ${String(ended.code)}:\n${ended.output}`);
    }
    noteKeys(this.dataDir);
  }
}

export async function newDataDir(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'kinora-e2e-'));
}

export async function removeDataDir(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
}
