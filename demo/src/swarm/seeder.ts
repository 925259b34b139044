import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type SeederSoftware = 'libtorrent' | 'webtorrent';

export interface SeederOptions {
  software: SeederSoftware;
  /** The program and its arguments. */
  command: readonly [string, ...string[]];
  /** .torrent files, and the folders in which their releases lie. */
  torrents: readonly { torrent: Uint8Array; folder: string; infoHash: string }[];
  /** All its torrents and peers together; null = as fast as it can. */
  uploadBytesPerSecond: number | null;
}

export interface SeederStats {
  /** Payload since its start, bytes. */
  uploadedBytes: number;
  peers: number;
}

/** A seeder in a process of its own, which ends when this one does: it watches its standard input. */
export class Seeder {
  readonly #options: SeederOptions;
  #child: ChildProcessWithoutNullStreams | null = null;
  #rate: number | null;
  #complaints = '';
  /** Questions that wait for a line, oldest first. */
  readonly #waiting = new Set<{
    answer: string;
    resolve: (message: Record<string, unknown>) => void;
    reject: (error: Error) => void;
  }>();

  constructor(options: SeederOptions) {
    this.#options = options;
    this.#rate = options.uploadBytesPerSecond;
  }

  get software(): SeederSoftware {
    return this.#options.software;
  }

  get infoHashes(): readonly string[] {
    return this.#options.torrents.map((torrent) => torrent.infoHash);
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Resolves when it has taken all torrents; that it has announced itself is known to the tracker. */
  async start(): Promise<void> {
    if (this.#child !== null) return;
    const [program, ...args] = this.#options.command;
    const child = spawn(program, args, { stdio: 'pipe' });
    this.#child = child;
    this.#complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2_000);
    });
    child.stdin.on('error', () => undefined); // it died; `exit` tells
    child.on('error', (error) => {
      this.#complaints += error.message;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#hear(line);
    });
    child.once('close', () => {
      if (this.#child === child) this.#child = null;
      this.#gone();
    });
    this.#send({ do: 'limit', bytesPerSecond: this.#rate });
    for (const { infoHash } of this.#options.torrents) this.offer(infoHash);
    await this.#ask('ready?', 'ready');
  }

  /** Leaves the swarm of one of its torrents; the others it goes on seeding. */
  withdraw(infoHash: string): void {
    this.#send({ do: 'remove', infoHash });
  }

  /** Seeds one of its torrents again. */
  offer(infoHash: string): void {
    const wanted = this.#options.torrents.find((one) => one.infoHash === infoHash);
    if (!wanted) return;
    this.#send({ do: 'add', torrent: Buffer.from(wanted.torrent).toString('base64'), folder: wanted.folder });
  }

  /** Leaves the swarm politely: the tracker is told. */
  async stop(): Promise<void> {
    await this.#end((child) => child.stdin.end());
  }

  /** Vanishes as a machine does that loses its power: the tracker still names it. */
  async kill(): Promise<void> {
    await this.#end((child) => child.kill('SIGKILL'));
  }

  /** @param bytesPerSecond for all its torrents and peers together; null = no limit */
  setUploadRate(bytesPerSecond: number | null): void {
    this.#rate = bytesPerSecond;
    if (this.#child !== null) this.#send({ do: 'limit', bytesPerSecond });
  }

  async stats(): Promise<SeederStats> {
    const answer = await this.#ask('stats', 'stats');
    return { uploadedBytes: Number(answer['uploadedBytes']), peers: Number(answer['peers']) };
  }

  async #end(how: (child: ChildProcessWithoutNullStreams) => unknown): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const closed = once(child, 'close');
    how(child);
    const deadline = setTimeout(() => child.kill('SIGKILL'), 3_000);
    await closed;
    clearTimeout(deadline);
  }

  #send(message: object): void {
    this.#child?.stdin.write(`${JSON.stringify(message)}\n`);
  }

  async #ask(question: string, answer: string): Promise<Record<string, unknown>> {
    const child = this.#child;
    if (child === null) throw new Error(`the ${this.software} seeder is not running`);
    return new Promise((resolve, reject) => {
      this.#waiting.add({ answer, resolve, reject });
      this.#send({ do: question });
    });
  }

  #hear(line: string): void {
    const message = JSON.parse(line) as Record<string, unknown>; // our own program speaks
    const waiting = [...this.#waiting].find(({ answer }) => answer === message['is']);
    if (waiting === undefined) return;
    this.#waiting.delete(waiting);
    waiting.resolve(message);
  }

  #gone(): void {
    const error = new Error(`the ${this.software} seeder ended: ${this.#complaints.trim()}`);
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
  }
}
