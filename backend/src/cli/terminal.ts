import { confirm, input, password } from '@inquirer/prompts';
import { CommandError } from './command-error.js';

/** Somebody to ask. */
export interface Terminal {
  say: (text: string) => void;
  /** One line. A secret is not shown while it is typed. */
  ask: (question: string, secret: boolean) => Promise<string>;
  /** Yes unless they say no. */
  agree: (question: string) => Promise<boolean>;
}

/** Whether there is somebody to ask. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** The terminal this process runs in. @throws CommandError when there is none; `ask` and `agree` also when they leave with Ctrl-C */
export function openTerminal(): Terminal {
  if (!isInteractive())
    throw new CommandError('The set-up needs a terminal. Without one, write kinora.json or set variables.');
  return {
    say: (text) => console.log(text),
    ask: (message, secret) => orLeft(secret ? password({ message, mask: '*' }) : input({ message })),
    agree: (message) => orLeft(confirm({ message, default: true })),
  };
}

async function orLeft<T>(prompt: Promise<T>): Promise<T> {
  try {
    return await prompt;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new CommandError('Left. Nothing was changed.', { cause: error });
    throw error;
  }
}
