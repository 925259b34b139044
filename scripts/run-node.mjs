// Runs a program as a child and passes signals on to it, so that stopping the parent leaves nothing running.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/** Runs Node with `args`, as `runProgram` does. */
export function runNode(args, options) {
  return runProgram(process.execPath, args, options);
}

/**
 * Runs a program and resolves to its exit code. A SIGTERM or SIGHUP to this process goes to the child. Once the child
 * has ended, this process ends too: with the child's exit code, or with 128 + the signal's number (as a shell reports it)
 * when the signal ended the child. A SIGINT comes from a terminal, which sends it to the child as well, so it is not passed on.
 */
export async function runProgram(program, args, options) {
  const child = spawn(program, args, options);
  let stoppedBy = null;
  const onSignal = (signal) => {
    stoppedBy = signal;
    if (signal !== 'SIGINT') child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, onSignal);
  const [code] = await once(child, 'exit');
  for (const signal of signals) process.off(signal, onSignal);
  if (stoppedBy !== null) process.exit(code ?? 128 + constants.signals[stoppedBy]);
  return code ?? 1;
}
