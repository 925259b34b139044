import { text } from 'node:stream/consumers';
import { password } from '@inquirer/prompts';
import { CommandError } from './command-error.js';

/**
 * A new password: on a terminal asked for twice and not shown, otherwise the first line of standard input. Never a flag:
 * those are seen by every user of the machine. @throws CommandError
 */
export async function askNewPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
    return line;
  }
  const first = await password({ message: 'Password', mask: '*' });
  if (first !== (await password({ message: 'Once more', mask: '*' })))
    throw new CommandError('The two are not the same. Nothing was changed.');
  return first;
}
