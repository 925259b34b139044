import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { OwnDataRepository, ownDataSections } from '../repositories/own-data.repository.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

const password = 'correct horse battery';
const exportSchema = z.record(z.string(), z.union([z.string(), z.array(z.record(z.string(), z.unknown()))]));

let kinora: KinoraApi;
let ana: Awaited<ReturnType<KinoraApi['signIn']>>;

beforeEach(async () => {
  kinora = await openKinoraApi();
  ana = await kinora.signIn('ana', password);
});

afterEach(() => kinora.dispose());

const asAna = (method: string, path: string, body?: unknown) =>
  kinora.request(method, `/api${path}`, { token: ana.token, ...(body !== undefined && { body }) });
const exported = async () => {
  const answer = await asAna('GET', '/me/export');
  const text = await answer.text();
  return { answer, text, data: exportSchema.parse(JSON.parse(text)) };
};

describe('the export of the own data', () => {
  test('has all that belongs to the account, and nothing of others', async () => {
    const bob = await kinora.signIn('bob', password);
    const home = await kinora.media.getHome();
    const film = home.rows[0]?.items.find(({ title }) => title === 'Sintel')?.id ?? '';
    await asAna('PUT', `/ratings/${film}`, { rating: 8 });
    await asAna('PUT', `/progress/${film}`, { positionSeconds: 70, durationSeconds: 600 });
    await asAna('POST', '/lists', { name: 'Short ones' });
    await kinora.request('POST', '/api/lists', { token: bob.token, body: { name: 'Of bob' } });

    const { answer, text, data } = await exported();
    expect(answer.headers.get('Content-Disposition')).toContain('kinora-account.json');
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(data).toMatchObject({
      account: [{ username: 'ana', role: 'user' }],
      sessions: [{ device: 'Firefox on Linux' }],
      ratings: [{ title: 'Sintel', rating: 8 }],
      watchStates: [{ title: 'Sintel', positionSeconds: 70 }],
      lists: expect.arrayContaining([expect.objectContaining({ name: 'Short ones' })]),
    });
    expect(text).not.toContain('Of bob');
    expect(JSON.stringify(data['auditEvents'])).toContain('account.exported');
  });

  test('has no secret in it', async () => {
    await asAna('POST', '/me/totp');
    const { text } = await exported();
    const user = await kinora.users.findById(ana.user.id);
    const [session] = await kinora.sessions.listLive(ana.user.id, new Date(kinora.clock.now));
    expect(text).not.toContain(user?.passwordHash ?? '?');
    expect(text).not.toContain(session?.tokenHash ?? '?');
    expect(text).not.toMatch(/"v1\.|"passwordHash"|"tokens?"|"secret"|"codeHash"/);
  });

  test('knows every table that belongs to an account', () => {
    const metadatas = kinora.database.reader.dataSource.entityMetadatas;
    const owned = metadatas.filter(({ foreignKeys }) =>
      foreignKeys.some(({ referencedEntityMetadata }) => referencedEntityMetadata.tableName === 'users'),
    );
    const exportedEntities = Object.values(ownDataSections).map(({ entity }) => entity as unknown);
    expect(owned.length).toBeGreaterThan(12);
    expect(owned.filter(({ target }) => !exportedEntities.includes(target)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  test('reads what is long page by page', async () => {
    for (let n = 0; n < 3; n += 1) await asAna('POST', '/lists', { name: `List ${n}` });
    const rows = new OwnDataRepository(kinora.database, 2).list('lists', ana.user.id);
    const pages: number[] = [];
    const names: unknown[] = [];
    for await (const page of rows) {
      pages.push(page.length);
      names.push(...page.map(({ name }) => name));
    }
    expect(Math.max(...pages)).toBe(2);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['List 0', 'List 1', 'List 2']));
  });
});

describe('deleting the own account', () => {
  test('ends its sessions at once, and leaves nothing of it but the audit log', async () => {
    await asAna('POST', '/lists', { name: 'Short ones' });
    const answer = await asAna('DELETE', '/me');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('Set-Cookie')).toContain('kinora_refresh=;');
    expect((await asAna('GET', '/me')).status).toBe(401);
    const login = { body: { username: 'ana', password } };
    expect((await kinora.request('POST', '/api/auth/login', login)).status).toBe(401);
    const rows = new OwnDataRepository(kinora.database);
    for (const name of ['account', 'sessions', 'lists', 'watchEvents'] as const)
      expect((await rows.list(name, ana.user.id).next()).done).toBe(true);
    expect(await kinora.actions()).toContain('account.deleted');
    expect(await kinora.audit.verify()).toMatchObject({ intact: true });
  });

  test('is refused to the last administrator', async () => {
    const root = await kinora.signIn('root', password, 'admin');
    expect((await kinora.request('DELETE', '/api/me', { token: root.token })).status).toBe(409);
    expect((await kinora.request('GET', '/api/me', { token: root.token })).status).toBe(200);
  });
});
