import { createAccountParts } from '../composition/account-parts.js';
import type { Configuration } from '../configuration.js';
import { prepareDataFolder } from '../data-folder.js';
import { Database } from '../database/database.js';
import { loadSecrets } from '../encryption/secrets.js';
import type { User } from '../entities/user.entity.js';
import { AppError } from '../errors/app-error.js';
import { silentLogger } from '../logging/logger.js';
import { UserRepository } from '../repositories/user.repository.js';
import { newAccountSchema, roleSchema } from '../routes/auth.schemas.js';
import { CommandError } from './command-error.js';
import { operator, operatorOrigin } from './operator.js';

// `kinora user`: accounts by hand, by the rules of the server and beside a running one. For whoever can write DATA_DIR.

export interface AddUserFlags {
  role: string;
  ageLimit?: string;
}

const mostListed = 10_000;

/** `kinora user add`. @throws CommandError */
export async function addUser(
  configuration: Configuration,
  name: string,
  flags: AddUserFlags,
  askPassword: () => Promise<string>,
): Promise<string> {
  const role = roleSchema.safeParse(flags.role);
  if (!role.success) throw new CommandError(`--role: read "${flags.role}", allowed is admin, user or child.`);
  const ageLimit = flags.ageLimit === undefined ? null : wholeNumber('--age-limit', flags.ageLimit);
  const username = checked('username', name);
  return withAccounts(configuration, async ({ users }) => {
    const password = checked('password', await askPassword());
    await users.create({ username, password, role: role.data, ageLimit }, operator, operatorOrigin);
    return `${username} can sign in now (${role.data}).`;
  });
}

/** `kinora user passwd`: a new password; all sessions of the account end. @throws CommandError */
export async function changePassword(
  configuration: Configuration,
  name: string,
  askPassword: () => Promise<string>,
): Promise<string> {
  return withAccounts(configuration, async ({ users }, database) => {
    const user = await new UserRepository(database).findByUsername(name);
    if (!user) throw new CommandError(`There is no user ${name}. kinora user list shows all.`);
    const password = checked('password', await askPassword());
    await users.update(user.id, { password }, operator, operatorOrigin);
    return `${user.username} has a new password and is signed out everywhere.`;
  });
}

/** `kinora user reset-second-factor`: for somebody who has lost it, also the only administrator. @throws CommandError */
export async function resetSecondFactor(configuration: Configuration, name: string): Promise<string> {
  return withAccounts(configuration, async ({ factors }, database) => {
    const user = await new UserRepository(database).findByUsername(name);
    if (!user) throw new CommandError(`There is no user ${name}. kinora user list shows all.`);
    const { totpSince, passkeys } = await factors.summarize(user.id);
    if (totpSince === null && passkeys.length === 0) return `${user.username} has no second factor.`;
    await factors.reset(user.id, operator, operatorOrigin);
    return `${user.username} signs in by password alone now.`;
  });
}

/** `kinora user list`: a line each. */
export async function listUsers(configuration: Configuration): Promise<string> {
  return withAccounts(configuration, async ({ users }) => {
    const { items } = await users.list({ page: 1, pageSize: mostListed });
    return items.length === 0 ? 'There are no users yet.' : items.map(describe).join('\n');
  });
}

function describe({ username, role, ageLimit, disabledAt, createdAt }: User): string {
  const notes = [
    role,
    ...(ageLimit === null ? [] : [`up to age ${ageLimit}`]),
    ...(disabledAt === null ? [] : ['disabled']),
    `since ${createdAt.toISOString().slice(0, 10)}`,
  ];
  return `${username}  ${notes.join(', ')}`;
}

async function withAccounts<T>(
  configuration: Configuration,
  work: (accounts: ReturnType<typeof createAccountParts>, database: Database) => Promise<T>,
): Promise<T> {
  const folder = prepareDataFolder(configuration.DATA_DIR, configuration.DATABASE_URL);
  const database = await Database.open(folder.database);
  try {
    const mayCreate = await new UserRepository(database).isEmpty();
    const secrets = await loadSecrets(folder.secrets, { mayCreate });
    const accounts = createAccountParts(database, secrets, silentLogger(), {
      auditRetentionDays: configuration.AUDIT_RETENTION_DAYS,
      sessionIdleDays: () => configuration.SESSION_IDLE_DAYS,
    });
    try {
      return await work(accounts, database);
    } finally {
      await accounts.audit.stop();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fields = error.errors.map(({ field, message }) => `${field.replace(/^body\./, '')} ${message}`);
    throw new CommandError(fields.length > 0 ? `Refused: ${fields.join('; ')}.` : error.message, {
      cause: error,
    });
  } finally {
    await database.close();
  }
}

function checked(field: 'username' | 'password', text: string): string {
  const result = newAccountSchema.shape[field].safeParse(text);
  if (result.success) return result.data;
  const reasons = result.error.issues.map(({ message }) => message);
  throw new CommandError(`Refused: ${field}: ${reasons.join('; ')}.`);
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new CommandError(`${flag}: read "${text}", allowed is an age in years.`);
  return Number(text);
}
