import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Contestant } from './contestant.js';

/**
 * A contestant behind a small program of ours: it says `ready`, is told the source and a folder as one line of JSON, and
 * says the address of the film.
 */
export function lineServer(
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Contestant {
  return {
    name,
    async start(folder) {
      const { PATH = '', HOME = '' } = process.env;
      const child = spawn(command, args, {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: { PATH, HOME, ...env },
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const say = async () => {
        const line = await lines.next();
        if (line.done === true) throw new Error(`${name} ended`);
        return line.value;
      };
      await say();
      return {
        pid: child.pid ?? 0,
        play(source, as) {
          const what = as === 'magnet' ? source.magnet : source.torrentPath;
          child.stdin.write(`${JSON.stringify({ source: what, folder })}\n`);
          return say();
        },
        async stop() {
          const gone = once(child, 'exit');
          if (child.exitCode === null && child.kill('SIGKILL')) await gone;
        },
      };
    },
  };
}
