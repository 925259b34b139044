import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../backend/bin/kinora.js', import.meta.url));
const deadlineMs = 20_000;

/** `kinora <args>` in a real terminal (tmux), typed at and read from as somebody sitting there would. */
export class TerminalSession {
  private constructor(private readonly socket: string) {}

  static async open(
    args: readonly string[],
    environment: Record<string, string> = {},
  ): Promise<TerminalSession> {
    const session = new TerminalSession(`kinora-test-${randomUUID()}`);
    const words = ['env', '-i', `PATH=${process.env['PATH'] ?? ''}`, 'TERM=screen', 'HOME=/nonexistent'];
    for (const [name, value] of Object.entries(environment)) words.push(`${name}=${value}`);
    words.push(process.execPath, program, ...args);
    const command = `${words.map(quoted).join(' ')}; echo "ended with $?"; sleep 600`;
    await session.tmux('-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '60', command);
    return session;
  }

  /** What stands on the screen. */
  async screen(): Promise<string> {
    return (await this.tmux('capture-pane', '-p', '-J', '-S', '-200')).stdout;
  }

  /** Waits until the screen shows it. */
  async see(expected: string | RegExp): Promise<string> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const screen = await this.screen();
      if (typeof expected === 'string' ? screen.includes(expected) : expected.test(screen)) return screen;
      if (Date.now() > deadline) throw new Error(`never saw ${String(expected)} on:\n${screen}`);
      await delay(50);
    }
  }

  /** Waits until the screen is as it should be. */
  async until(isThere: (screen: string) => boolean): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const screen = await this.screen();
      if (isThere(screen)) return;
      if (Date.now() > deadline) throw new Error(`still on:\n${screen}`);
      await delay(50);
    }
  }

  /** Types a text and presses Enter. */
  async answer(text: string): Promise<void> {
    if (text !== '') await this.tmux('send-keys', '-l', text);
    await this.tmux('send-keys', 'Enter');
  }

  async press(key: string): Promise<void> {
    await this.tmux('send-keys', key);
  }

  /** Ends whatever runs in it. */
  async close(): Promise<void> {
    await this.tmux('kill-server').catch(() => undefined);
  }

  private tmux(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    return run('tmux', ['-L', this.socket, ...args]);
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
