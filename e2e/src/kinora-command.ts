import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { leaksIn, noteEnvironment, noteSecrets } from './secret-ledger.js';

const program = fileURLToPath(new URL('../../backend/bin/kinora.js', import.meta.url));

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs `kinora <args>` to its end, with nothing in its environment but what is given, and `input` typed at it.
 * @param through a program that runs the rest of its command line
 */
export async function kinora(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
  through: readonly string[] = [],
): Promise<CommandResult> {
  const { PATH = '', HOME = '' } = process.env;
  noteEnvironment(environment);
  noteSecrets(input.trim());
  const [command = process.execPath, ...rest] = [...through, process.execPath, program, ...args];
  const child = spawn(command, rest, { env: { PATH, HOME, ...environment } });
  const result: CommandResult = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
  // It may end without reading what it is given.
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  const leaks = leaksIn(result.stdout + result.stderr);
  if (leaks.length > 0)
    throw new Error(`T48 secrets in what kinora ${args.join(' ')} printed: ${leaks.join('; ')}`);
  return { ...result, code };
}
