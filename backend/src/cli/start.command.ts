import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from '../app.js';
import { readConfiguration, type SettingsSource } from '../configuration.js';
import { prepareDataFolder } from '../data-folder.js';
import { FolderLock } from '../database/folder-lock.js';
import { logConsole, logWarnings } from '../logging/console-lines.js';
import { LogSink } from '../logging/log-sink.js';
import { createLogger, type Logger } from '../logging/logger.js';

/** Milliseconds that a stop may take before it is cut short. */
const stopLimitMs = 10_000;

/** `kinora start`: serves until SIGTERM or SIGINT. Errors: those of `Application`, `DataFolderError`, `FolderInUseError`. */
export async function serve(sources: readonly SettingsSource[], version: string): Promise<void> {
  const configuration = readConfiguration(sources);
  const sink = new LogSink();
  const onTerminal = process.stdout.isTTY ? { pretty: true } : { pretty: false, destination: sink };
  const logger = createLogger({ level: configuration.LOG_LEVEL, ...onTerminal });
  logConsole(logger, console);
  logWarnings(logger);
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected failure, the server ends');
    process.exit(1);
  });
  // Nobody may be left to read what is printed.
  process.stdout.on('error', () => undefined);
  process.on('exit', () => sink.flush());
  const folder = prepareDataFolder(configuration.DATA_DIR, configuration.DATABASE_URL);
  const lock = FolderLock.take(folder.root, (reason) =>
    logger.warn({ reason }, 'nothing keeps a second server from this data folder'),
  );
  const application = await Application.create({
    sources,
    folder,
    logger,
    version,
    webUi: webUiFolder(),
    lostLogLines: () => sink.lost,
  });
  const signals = stopWhenAsked(application, lock, logger);
  const { url, setupCode } = await application.start().catch((error: unknown) => {
    // The stop that was asked for ends the process, with its own exit code.
    if (signals.aborted) return new Promise<never>(() => undefined);
    throw error;
  });
  const hint = setupCode === null ? '' : `, set-up code ${setupCode}`;
  console.log(`Kinora is ready: ${url}${hint}`);
}

/** Stops the server at a signal. Returns what is aborted when the first one arrives. */
function stopWhenAsked(application: Application, lock: FolderLock | null, logger: Logger): AbortSignal {
  const asked = new AbortController();
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Whoever asks twice does not want to wait.
    if (asked.signal.aborted) process.exit(1);
    asked.abort();
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    await application.stop();
    lock?.release();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  return asked.signal;
}

/** The built web application beside the built server. */
function webUiFolder(): string {
  return path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../frontend/dist');
}
