import { format } from 'node:util';
import type { Logger } from './logger.js';

/** The methods of a console that libraries report with. `log` is for what a command prints. */
const levels = { error: 'error', warn: 'warn', info: 'info', debug: 'debug' } as const;
type Method = keyof typeof levels;

/** Codes of errors that mean no more than that the other end closed its connection. */
const goneCodes: ReadonlySet<unknown> = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ECONNRESET',
  'EPIPE',
  'ABORT_ERR',
]);

/**
 * Turns what libraries print on a console into lines of the log, so that the log holds nothing but lines of one form. The
 * HTTP server prints the stack of each answer that breaks off; when it was the client that left, the line has level debug.
 */
export function logConsole(logger: Logger, target: Pick<Console, Method>): void {
  for (const [method, level] of Object.entries(levels)) {
    const write = (...given: readonly unknown[]): void => {
      const err = given.find(isError);
      if (err && isClientGone(err)) logger.debug({ err }, 'connection closed by the client');
      else if (err) logger[level]({ err }, 'a library reported a failure');
      else logger[level](format(...given));
    };
    Object.assign(target, { [method]: write });
  }
}

/** Logs what Node warns of (a deprecated function, too many listeners) in place of printing it. */
export function logWarnings(logger: Logger): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn({ err: warning }, 'warning of the runtime'));
}

/** Whether an error means that a client closed its connection, or that what it asked for was aborted because of that. */
export function isClientGone(error: unknown): boolean {
  if (!isError(error)) return false;
  if (error.name === 'AbortError') return true;
  return 'code' in error && goneCodes.has(error.code);
}

function isError(given: unknown): given is Error {
  return given instanceof Error || given instanceof DOMException;
}
