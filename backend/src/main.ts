import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { Application } from './app.js';
import { verifyAuditLog } from './audit-command.js';
import {
  type Configuration,
  ConfigurationError,
  readConfiguration,
  type SettingsSource,
} from './configuration.js';
import { DataFolderError, prepareDataFolder } from './data-folder.js';
import {
  DatabaseCorruptError,
  DatabaseTooNewError,
  DatabaseUnwritableError,
} from './database/database.errors.js';
import { rotateSigningKeys, SecretsError } from './encryption/secrets.js';
import { ListenError } from './http-server.js';
import { createLogger, type Logger } from './logging/logger.js';

// The process: the one file that reads the environment, listens to signals and chooses an exit code.

const version = packageVersion();

/** What ends a start, and the exit code that says so. Each message is one clear line for the operator. */
const startFailures = [
  [ConfigurationError, 2],
  [ListenError, 3],
  [DataFolderError, 4],
  [DatabaseUnwritableError, 4],
  [SecretsError, 4],
  [DatabaseCorruptError, 5],
  [DatabaseTooNewError, 5],
] as const;

const program = new Command('kinora')
  .description('Self-hosted streaming of films and series, straight from the swarm')
  .version(version)
  .addHelpText(
    'after',
    '\nEvery setting is an environment variable; see backend/docs/configuration.md.' +
      '\nExit codes: 0 stopped as asked, 1 unforeseen, 2 configuration, 3 address taken, 4 data folder, 5 database.',
  );

program
  .command('start', { isDefault: true })
  .description('start the server in the foreground')
  .addOption(new Option('--host <address>', 'address to listen on'))
  .addOption(new Option('--port <number>', 'port to listen on'))
  .addOption(new Option('--data-dir <folder>', 'where everything is kept'))
  .addOption(new Option('--log-level <level>', 'how much is logged'))
  .action((flags: StartFlags) => start(flags));

program
  .command('keys')
  .description('the keys that sign tokens')
  .command('rotate')
  .description('sign with new keys from the next start on; nobody is signed out')
  .addOption(new Option('--data-dir <folder>', 'where everything is kept'))
  .action((flags: StartFlags) => orSayWhy(() => rotateKeys(flags)));

program
  .command('audit')
  .description('the audit log')
  .command('verify')
  .description('look for removed or changed events; exit code 1 when there are any')
  .addOption(new Option('--data-dir <folder>', 'where everything is kept'))
  .action((flags: StartFlags) => orSayWhy(() => verify(flags)));

await program.parseAsync();

interface StartFlags {
  host?: string;
  port?: string;
  dataDir?: string;
  logLevel?: string;
}

function start(flags: StartFlags): Promise<void> {
  return orSayWhy(() => run(readConfiguration(sourcesOf(flags))));
}

async function verify(flags: StartFlags): Promise<void> {
  const { DATA_DIR } = readConfiguration(sourcesOf(flags));
  const { intact, message } = await verifyAuditLog(prepareDataFolder(DATA_DIR).database);
  console.log(message);
  process.exitCode = intact ? 0 : 1;
}

async function rotateKeys(flags: StartFlags): Promise<void> {
  const { DATA_DIR } = readConfiguration(sourcesOf(flags));
  await rotateSigningKeys(prepareDataFolder(DATA_DIR).secrets);
  console.log('New keys sign from the next start on. Tokens signed before stay good until they expire.');
}

/** What can be foreseen ends with one line and its exit code. */
async function orSayWhy(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const failure = startFailures.find(([type]) => error instanceof type);
    if (!failure || !(error instanceof Error)) throw error;
    console.error(`Kinora cannot start. ${error.message}`);
    process.exit(failure[1]);
  }
}

function sourcesOf({ host, port, dataDir, logLevel }: StartFlags): SettingsSource[] {
  return [
    { label: 'command line', values: { HOST: host, PORT: port, DATA_DIR: dataDir, LOG_LEVEL: logLevel } },
    { label: 'environment variable', values: process.env },
  ];
}

async function run(configuration: Configuration): Promise<void> {
  const logger = createLogger({ level: configuration.LOG_LEVEL, pretty: process.stdout.isTTY });
  const folder = prepareDataFolder(configuration.DATA_DIR);
  const application = await Application.create({
    configuration,
    folder,
    logger,
    version,
    webUi: webUiFolder(),
  });
  stopWhenAsked(application, logger);
  const { url, setupCode } = await application.start();
  const hint = setupCode === null ? '' : `, set-up code ${setupCode}`;
  console.log(`Kinora is ready: ${url}${hint}`);
}

/** Milliseconds that a stop may take before it is cut short. */
const stopLimitMs = 10_000;

function stopWhenAsked(application: Application, logger: Logger): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Whoever asks twice does not want to wait.
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    await application.stop();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version: found } = JSON.parse(text) as { version: string };
  return found;
}

/** The built web application beside the built server. */
function webUiFolder(): string {
  return path.join(path.dirname(fileURLToPath(import.meta.url)), '../../frontend/dist');
}
