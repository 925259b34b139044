import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
export type Logger = PinoLogger;

/** Keys whose values never reach a log line, at the first two levels of any logged object. */
const secretKeys = [
  'password',
  'accessToken',
  'refreshToken',
  'token',
  'grant',
  'authorization',
  'cookie',
  'apiKey',
  'apikey',
  'setupCode',
];

export interface LoggerOptions {
  level: LogLevel;
  /** Human-readable lines for a terminal; JSON lines otherwise. */
  pretty: boolean;
  /** Where lines go; standard output unless given. */
  destination?: DestinationStream;
}

/** Makes the process's logger. Everything else is handed a child of it. */
export function createLogger({ level, pretty, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`]), censor: '[secret]' },
  };
  if (destination) return pino(options, destination);
  if (!pretty) return pino(options);
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
  });
}

/** A logger that says nothing, for tests. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
