import { existsSync } from 'node:fs';
import { CommandError } from './command-error.js';

/** `kinora demo`: hands over to the demo world, which a checkout of the project has beside the server. */
export async function runDemo(): Promise<void> {
  const script = new URL('../../../scripts/demo.mjs', import.meta.url);
  if (!existsSync(script))
    throw new CommandError('The demo world is part of the source checkout, not of this installation.');
  await import(script.href);
}
