import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import { openSettingsWorld, type SettingsWorldOptions } from '../../test-support/settings-world.js';
import type { SettingsAuthor } from './settings.service.js';

const secret = 'hushhush';
let kinora: TestAuth;
let author: SettingsAuthor;

beforeEach(async () => {
  kinora = await openTestAuth();
  const user = await kinora.createUser('ada', 'correct horse', 'admin');
  author = {
    principal: {
      userId: user.id,
      username: 'ada',
      role: 'admin',
      ageLimit: null,
      language: null,
      sessionId: 'any',
      securityVersion: 0,
      authenticatedAt: null,
    },
    origin,
  };
});
afterEach(() => kinora.dispose());

const open = (options: Partial<SettingsWorldOptions> = {}) =>
  openSettingsWorld({ database: kinora.database, audit: kinora.audit, ...options });
type World = ReturnType<typeof open>;
const shown = async ({ settings }: World, name: string) =>
  (await settings.getOverview()).settings.find((setting) => setting.name === name);
const latest = async ({ settings }: World) =>
  (await settings.listRevisions({ page: 1, pageSize: 10 })).items[0];
const stored = async ({ repository }: World) =>
  Object.fromEntries((await repository.list()).map(({ name, value }) => [name, value]));
/** Everything that is in the tables. */
const databaseContents = async (): Promise<string> => {
  const { reader } = kinora.database;
  const tables = reader.dataSource.entityMetadatas.map(({ tableName }) => tableName);
  return JSON.stringify(await Promise.all(tables.map((name) => reader.query(`SELECT * FROM "${name}"`))));
};

describe('a setting that is needed before the database is open', () => {
  const url = 'postgres://ada:hush@db.example/kinora';

  it('is kept in the file and not in the database, holds from the next start on, and can be rolled back', async () => {
    const inFile: Record<string, string> = { PORT: '81' };
    const sources = [{ label: 'the file', values: { ...inFile }, belowStored: true as const }];
    const world = open({ inFile, sources });
    expect(await world.settings.change({ STORE: url, LEVEL: 'high' }, author)).toBe(1);
    expect(inFile).toEqual({ PORT: '81', STORE: url });
    expect(await stored(world)).toEqual({ LEVEL: 'high' });
    expect(await shown(world, 'STORE')).toMatchObject({
      isSet: true,
      value: null,
      source: 'the file',
      isStored: true,
      live: false,
      restartPending: true,
    });
    expect(JSON.stringify([await latest(world), await databaseContents()])).not.toContain('hush');
    await world.settings.rollBack(1, author);
    expect(inFile).toEqual({ PORT: '81' });
    expect(await shown(world, 'STORE')).toMatchObject({ isSet: false, restartPending: false });
  });

  it('can be taken out of the file that the server was started with', async () => {
    const inFile: Record<string, string> = { STORE: url };
    const sources = [{ label: 'the file', values: { ...inFile }, belowStored: true as const }];
    const world = open({ inFile, sources });
    expect(await shown(world, 'STORE')).toMatchObject({ isSet: true, restartPending: false });
    await world.settings.change({ STORE: null }, author);
    expect(inFile).toEqual({});
    expect(await shown(world, 'STORE')).toMatchObject({ isSet: false, restartPending: true });
  });
});

describe('a change', () => {
  it('holds at once, is stored, and has an author and a difference', async () => {
    const world = open();
    expect(await shown(world, 'LEVEL')).toMatchObject({ value: 'low', source: 'default', isStored: false });
    expect(await world.settings.change({ LEVEL: 'high', PORT: 8080 }, author)).toBe(1);
    expect(world.live.now).toMatchObject({ LEVEL: 'high', PORT: 8080 });
    expect(await shown(world, 'LEVEL')).toMatchObject({
      value: 'high',
      source: 'settings page',
      isStored: true,
    });
    expect(await shown(world, 'PORT')).toMatchObject({ live: false, restartPending: true });
    expect(await latest(world)).toMatchObject({
      number: 1,
      authorName: 'ada',
      undoes: null,
      changes: [
        { name: 'LEVEL', before: null, after: 'high', sealed: false },
        { name: 'PORT', before: null, after: '8080', sealed: false },
      ],
    });
    const { items } = await kinora.audit.list({ page: 1, pageSize: 1 });
    expect(items[0]).toMatchObject({
      action: 'settings.changed',
      actorName: 'ada',
      detail: { revision: 1, LEVEL: 'unset -> high', PORT: 'unset -> 8080' },
    });
  });

  it('to what is there already is none', async () => {
    const world = open();
    expect(await world.settings.change({ LEVEL: null }, author)).toBeNull();
    await world.settings.change({ LEVEL: 'high' }, author);
    expect(await world.settings.change({ LEVEL: 'high' }, author)).toBeNull();
    expect((await world.settings.listRevisions({ page: 1, pageSize: 10 })).total).toBe(1);
  });

  it('to null leaves it to the file again', async () => {
    const world = open({ sources: [{ label: 'file', values: { LEVEL: 'high' }, belowStored: true }] });
    await world.settings.change({ LEVEL: 'low' }, author);
    expect(await shown(world, 'LEVEL')).toMatchObject({ value: 'low', source: 'settings page' });
    await world.settings.change({ LEVEL: null }, author);
    expect(await shown(world, 'LEVEL')).toMatchObject({ value: 'high', source: 'file', isStored: false });
  });

  it('with faults changes nothing, and every fault is told at once without the value', async () => {
    const world = open({ sources: [{ label: 'environment variable', values: { PORT: '1' } }] });
    const change = world.settings.change(
      { TOKEN: 'NO-TOKEN', LEVEL: 'medium', LEVLE: 'low', PORT: 2, FOLDER: '/x', ADDRESSES: ['nowhere'] },
      author,
    );
    await expect(change).rejects.toMatchObject({
      code: 'validation-failed',
      errors: [
        { field: 'body.values.TOKEN', message: 'allowed is four to sixteen letters' },
        { field: 'body.values.LEVEL', message: 'allowed is low or high' },
        { field: 'body.values.LEVLE', message: 'is no setting; did you mean LEVEL?' },
        {
          field: 'body.values.PORT',
          message: 'is set by environment variable, which counts more than what is set here',
        },
        { field: 'body.values.FOLDER', message: 'cannot be changed here. It is needed first.' },
        { field: 'body.values.ADDRESSES', message: 'allowed is addresses, separated by commas' },
      ],
    });
    expect(await stored(world)).toEqual({});
    expect(await shown(world, 'PORT')).toMatchObject({
      unchangeable: expect.stringContaining('environment'),
    });
  });

  it('T48 of a secret leaves it readable for nobody: not the answer, the history, the audit log, the database', async () => {
    const world = open();
    await world.settings.change({ TOKEN: secret }, author);
    expect(world.live.now.TOKEN).toBe(secret);
    expect(await shown(world, 'TOKEN')).toMatchObject({ secret: true, isSet: true, value: null });
    await world.settings.change({ TOKEN: null }, author);
    await world.settings.rollBack(2, author);
    expect(world.live.now.TOKEN).toBe(secret);
    const page = await kinora.audit.list({ page: 1, pageSize: 100 });
    for (const text of [await databaseContents(), JSON.stringify(page), JSON.stringify(await latest(world))])
      expect(text).not.toContain(secret);
  });

  it('survives the process; secrets sealed by other keys do not count', async () => {
    await open().settings.change({ LEVEL: 'high', TOKEN: secret }, author);
    const next = open();
    expect(await shown(next, 'LEVEL')).toMatchObject({ value: 'high' });
    expect(await shown(next, 'TOKEN')).toMatchObject({ isSet: true });
    await kinora.database.write((manager) =>
      manager.query(`UPDATE settings SET value = 'v1.AAAA' WHERE name = 'TOKEN'`),
    );
    expect(await shown(next, 'TOKEN')).toMatchObject({ isSet: false });
  });
});

describe('the check of a setting', () => {
  const refuses = (mayPass: boolean) =>
    open({
      checkToken: (token) =>
        token === 'wrong'
          ? [{ subject: 'X', verdict: 'broken', text: 'X refuses it.', ...(mayPass && { mayPass: true }) }]
          : [{ subject: 'X', verdict: 'ok', text: 'fine' }],
    });

  it('keeps a value out that its service refuses, also by force, and is on record', async () => {
    const world = refuses(false);
    for (const force of [false, true])
      await expect(
        world.settings.change({ TOKEN: 'wrong', LEVEL: 'high' }, author, { force }),
      ).rejects.toMatchObject({
        code: 'setting-refused',
        message: 'Nothing was changed. X refuses it.',
      });
    expect(await stored(world)).toEqual({});
    expect(world.live.now).toMatchObject({ TOKEN: undefined, LEVEL: 'low' });
    expect(await kinora.actions()).toEqual(['settings.refused', 'settings.refused']);
  });

  it('can be overridden while the service is away', async () => {
    const world = refuses(true);
    await expect(world.settings.change({ TOKEN: 'wrong' }, author)).rejects.toMatchObject({
      code: 'setting-untested',
    });
    expect(await world.settings.change({ TOKEN: 'wrong' }, author, { force: true })).toBe(1);
  });

  it('runs for what concerns it only, and alone when asked', async () => {
    const world = refuses(false);
    await world.settings.change({ LEVEL: 'high' }, author);
    expect(await world.settings.test('catalogue', { TOKEN: 'wrong' })).toMatchObject([{ verdict: 'broken' }]);
    expect(await world.settings.test('catalogue', {})).toMatchObject([{ verdict: 'ok' }]);
    expect(await world.settings.test('server', {})).toEqual([]);
    expect(await stored(world)).toEqual({ LEVEL: 'high' });
    await expect(world.settings.test('catalogue', { TOKEN: 'NO' })).rejects.toMatchObject({
      code: 'validation-failed',
    });
  });
});

describe('a rollback', () => {
  it('sets what a revision changed back to before it, as a revision of its own', async () => {
    const world = open();
    await world.settings.change({ LEVEL: 'high' }, author);
    await world.settings.change({ LEVEL: 'low', PORT: 8080 }, author);
    await world.settings.change({ ADDRESSES: ['http://a.example'] }, author);
    expect(await world.settings.rollBack(2, author)).toBe(4);
    expect(world.live.now).toMatchObject({ LEVEL: 'high', PORT: 80, ADDRESSES: ['http://a.example'] });
    expect(await latest(world)).toMatchObject({ undoes: 2 });
    expect((await kinora.actions()).at(-1)).toBe('settings.rolled-back');
    await expect(world.settings.rollBack(9, author)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is checked like any change', async () => {
    let isDown = false;
    const world = open({
      checkToken: () => (isDown ? [{ subject: 'X', verdict: 'broken', text: 'X refuses it.' }] : []),
    });
    await world.settings.change({ TOKEN: secret }, author);
    await world.settings.change({ TOKEN: 'another' }, author);
    isDown = true;
    await expect(world.settings.rollBack(2, author)).rejects.toMatchObject({ code: 'setting-refused' });
    expect(world.live.now.TOKEN).toBe('another');
  });
});

it('changes at the same moment are made one after the other', async () => {
  const world = open();
  const ports = Array.from({ length: 10 }, (_, at) => 1_000 + at);
  const numbers = await Promise.all(ports.map((PORT) => world.settings.change({ PORT }, author)));
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await stored(world)).toEqual({ PORT: '1009' });
  expect(world.live.now.PORT).toBe(1_009);
});
