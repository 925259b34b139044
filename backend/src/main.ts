import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { askNewPassword } from './cli/ask-password.js';
import { verifyAuditLog } from './cli/audit.command.js';
import { backUp, restore } from './cli/backup.command.js';
import { describeConfiguration } from './cli/config.command.js';
import { runDemo } from './cli/demo.command.js';
import { describeFindings, examine } from './cli/doctor.command.js';
import { orSayWhy } from './cli/exit-codes.js';
import { rotateKeys, rotateStorageKeys } from './cli/keys.command.js';
import { moveToPostgres } from './cli/move-database.command.js';
import { isUntouched, setUp } from './cli/setup.command.js';
import { serve } from './cli/start.command.js';
import { isInteractive, openTerminal } from './cli/terminal.js';
import {
  type AddUserFlags,
  addUser,
  changePassword,
  listUsers,
  resetSecondFactor,
} from './cli/user.command.js';
import { gatherSettings } from './configuration/configuration-sources.js';
import { withStoredSettings } from './configuration/configuration-stored.js';
import { type Configuration, readConfiguration, type SettingsSource } from './configuration.js';
import { prepareDataFolder } from './data-folder.js';

// The process: the one file that reads the environment and knows the command line. What a command does is in cli/.

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

interface Flags {
  host?: string;
  port?: string;
  dataDir?: string;
  logLevel?: string;
}

const dataDirOption = () => new Option('--data-dir <folder>', 'where everything is kept');

const program = new Command('kinora')
  .description('Self-hosted streaming of films and series, straight from the swarm')
  .version(version)
  .addHelpText(
    'after',
    '\nEvery setting is an environment variable or a key of kinora.json in DATA_DIR; see backend/docs/configuration.md.' +
      '\nExit codes: 0 done or stopped as asked, 1 failed, 2 configuration or command line, 3 address taken,' +
      '\n4 data folder, 5 database, 6 database away, 7 data folder in use; see backend/docs/operations.md.',
  )
  // A wrong flag is a fault of the configuration, whoever finds it.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

program
  .command('start', { isDefault: true })
  .description('start the server in the foreground')
  .addOption(new Option('--host <address>', 'address to listen on'))
  .addOption(new Option('--port <number>', 'port to listen on'))
  .addOption(dataDirOption())
  .addOption(new Option('--log-level <level>', 'how much is logged'))
  .action((flags: Flags) => orSayWhy(() => start(flags), 'Kinora cannot start. '));

program
  .command('setup')
  .description('a few questions in the terminal, each answer tried before it is kept in kinora.json')
  .addOption(dataDirOption())
  .action((flags: Flags) => orSayWhy(async () => setUp(await allSourcesFor(flags), version, openTerminal())));

program
  .command('config')
  .description('print each setting, its value and where it was read; secrets are masked')
  .addOption(dataDirOption())
  .action((flags: Flags) => say(async () => describeConfiguration(await allSourcesFor(flags))));

program
  .command('doctor')
  .description(
    'check configuration, data, ports, programs and providers; exit code 1 when something is broken',
  )
  .addOption(dataDirOption())
  .action((flags: Flags) =>
    say(async () => {
      const findings = await examine(async () => readConfiguration(await allSourcesFor(flags)), version);
      if (findings.some(({ verdict }) => verdict === 'broken')) process.exitCode = 1;
      return describeFindings(findings);
    }),
  );

program
  .command('demo')
  .description('the server in a self-contained world: stand-in providers, real swarm, generated film')
  .action(() => orSayWhy(runDemo));

const user = program.command('user').description('accounts, also beside a running server');

user
  .command('add <name>')
  .description('make an account; the password is asked for, or read from standard input')
  .addOption(new Option('--role <role>', 'admin, user or child').default('user'))
  .addOption(new Option('--age-limit <years>', 'of a child'))
  .addOption(dataDirOption())
  .action((name: string, flags: Flags & AddUserFlags) =>
    say(() => addUser(configurationFor(flags), name, flags, askNewPassword)),
  );

user
  .command('passwd <name>')
  .description(
    'give a new password, asked for or read from standard input; the account is signed out everywhere',
  )
  .addOption(dataDirOption())
  .action((name: string, flags: Flags) =>
    say(() => changePassword(configurationFor(flags), name, askNewPassword)),
  );

user
  .command('reset-second-factor <name>')
  .description('remove the authenticator app, passkeys and recovery codes of somebody who has lost them')
  .addOption(dataDirOption())
  .action((name: string, flags: Flags) => say(() => resetSecondFactor(configurationFor(flags), name)));

user
  .command('list')
  .description('all accounts, a line each')
  .addOption(dataDirOption())
  .action((flags: Flags) => say(() => listUsers(configurationFor(flags))));

program
  .command('backup [file]')
  .description('write database, secrets and configuration into one file, also while the server runs')
  .addOption(dataDirOption())
  .action((file: string | undefined, flags: Flags) =>
    say(() => backUp(configurationFor(flags), file, version)),
  );

program
  .command('restore <file>')
  .description(
    'put a backup in place after checking it; what is replaced is kept beside. Stop the server first',
  )
  .addOption(dataDirOption())
  .action((file: string, flags: Flags) =>
    say(() => restore(dataDirFor(flags), file, process.env['DATABASE_URL'])),
  );

program
  .command('move-database <address>')
  .description(
    'carry the SQLite file over into an empty PostgreSQL, and use that from then on. Stop the server first',
  )
  .addOption(dataDirOption())
  .action((address: string, flags: Flags) => say(() => moveToPostgres(configurationFor(flags), address)));

const keys = program.command('keys').description('the keys that sign tokens and seal what is stored');

keys
  .command('rotate')
  .description('sign with new keys, also while the server runs; nobody is signed out')
  .addOption(dataDirOption())
  .action((flags: Flags) => say(() => rotateKeys(configurationFor(flags))));

keys
  .command('rotate-storage')
  .description('seal what is stored encrypted with a new master key, from the next start of the server on')
  .addOption(dataDirOption())
  .action((flags: Flags) => say(() => rotateStorageKeys(configurationFor(flags))));

const audit = program.command('audit').description('the audit log');

audit
  .command('verify')
  .description('look for removed or changed events; exit code 1 when there are any')
  .addOption(dataDirOption())
  .action((flags: Flags) =>
    say(async () => {
      const { DATA_DIR, DATABASE_URL } = configurationFor(flags);
      const { intact, message } = await verifyAuditLog(prepareDataFolder(DATA_DIR, DATABASE_URL).database);
      process.exitCode = intact ? 0 : 1;
      return message;
    }),
  );

await program.parseAsync();

/** With somebody at the terminal and nothing set up yet, the set-up is offered first. */
async function start(flags: Flags): Promise<void> {
  const sources = sourcesFor(flags);
  if (!isInteractive() || !isUntouched(sources)) return serve(sources, version);
  const terminal = openTerminal();
  if (await terminal.agree('Nothing is set up yet. Answer a few questions first? (It also works without.)'))
    await setUp(sources, version, terminal);
  return serve(sourcesFor(flags), version);
}

/** Does the work and prints what it came to. */
function say(work: () => string | Promise<string>): Promise<void> {
  return orSayWhy(async () => console.log(await work()));
}

function configurationFor(flags: Flags): Configuration {
  return readConfiguration(sourcesFor(flags));
}

/** Alone: what is to be restored over may be too broken to be read. */
function dataDirFor({ dataDir }: Flags): string {
  return dataDir ?? (process.env['DATA_DIR'] || './data');
}

/** With what administrators have changed, where that counts. */
function allSourcesFor(flags: Flags): Promise<SettingsSource[]> {
  return withStoredSettings(sourcesFor(flags), (warning) => console.error(warning));
}

function sourcesFor({ host, port, dataDir, logLevel }: Flags): SettingsSource[] {
  const flags = { HOST: host, PORT: port, DATA_DIR: dataDir, LOG_LEVEL: logLevel };
  const { sources, warnings } = gatherSettings(flags, process.env);
  for (const warning of warnings) console.error(warning);
  return sources;
}
