import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { TextSealer } from '../../encryption/sealed-text.js';
import { silentLogger } from '../../logging/logger.js';
import { IndexerRepository } from '../../repositories/indexer.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import type { Indexer, IndexerKind, IndexerSettings } from '../source/indexer.port.js';
import { IndexerService } from './indexer.service.js';

const one = 'http://127.0.0.1:9696/1/api';
const two = 'http://127.0.0.1:9696/2/api';
let test: TestDatabase;
let made: IndexerSettings[];
/** How many indexers were made, and which of them were closed. */
let opened: number;
let closed: number[];
let service: IndexerService;

beforeEach(async () => {
  test = await openTestDatabase();
  made = [];
  opened = 0;
  closed = [];
  const kind: IndexerKind = {
    kind: 'torznab',
    label: 'Torznab',
    takes: { urls: 1, apiKey: true },
    create: (settings) => {
      made.push(settings);
      return anIndexer(settings.name);
    },
  };
  service = new IndexerService({
    indexers: new IndexerRepository(test.database),
    kinds: [kind],
    openTools: () => {
      const at = opened++;
      return {
        createHttp: () => {
          throw new Error('nothing is asked here');
        },
        downloads: { fetch: () => Promise.reject(new Error('nothing is fetched here')) },
        close: () => {
          closed.push(at);
          return Promise.resolve();
        },
      };
    },
    seal: new TextSealer(Buffer.alloc(32, 9)),
    audit: { record: () => Promise.resolve() },
    logger: silentLogger(),
    configured: {},
  });
  await service.start();
});
afterEach(() => test.dispose());

it('connections of what was changed or is gone end after its last search, and all when the server stops', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  try {
    await use(`${one}?apikey=first-key`, two);
    await service.listEnabled();
    expect([opened, closed]).toEqual([2, []]);
    await use(`${one}?apikey=other-key`);
    await service.listEnabled();
    expect([opened, closed]).toEqual([3, []]);
    jest.advanceTimersByTime(30_000);
    expect(closed.sort()).toEqual([0, 1]);
    await service.stop();
    expect(closed.sort()).toEqual([0, 1, 2]);
  } finally {
    jest.useRealTimers();
  }
});

const use = (...torznab: string[]) => service.useConfigured({ torznab });

it('each endpoint is an indexer of its own, with its key sealed and out of its address', async () => {
  await use(`${one}?apikey=first-key`, `${two}?apikey=second-key`);
  const listed = await service.list();
  expect(listed.map(({ urls, origin, hasApiKey }) => ({ urls, origin, hasApiKey }))).toEqual(
    expect.arrayContaining([
      { urls: [one], origin: 'configuration', hasApiKey: true },
      { urls: [two], origin: 'configuration', hasApiKey: true },
    ]),
  );
  expect(new Set(listed.map(({ name }) => name)).size).toBe(2);
  await service.listEnabled();
  expect(made.map(({ urls, apiKey }) => [urls[0], apiKey]).sort()).toEqual([
    [one, 'first-key'],
    [two, 'second-key'],
  ]);
  const rows = JSON.stringify(await test.database.reader.query('SELECT * FROM indexers'));
  expect(rows).not.toMatch(/first-key|second-key/);
});

it('a new key is taken over by the same indexer, and one that is named no more goes', async () => {
  await use(`${one}?apikey=first-key`, two);
  const before = await service.list();
  await service.listEnabled();
  made = [];
  await use(`${one}?apikey=other-key`);
  await service.listEnabled();
  expect(made).toMatchObject([{ urls: [one], apiKey: 'other-key' }]);
  const after = await service.list();
  expect(after).toHaveLength(1);
  expect(before.map(({ id }) => id)).toContain(after[0]?.id);
  await use();
  expect(await service.list()).toEqual([]);
});

it('one that an administrator added stays, and one of the configuration cannot be changed or deleted there', async () => {
  const [actor, origin] = [
    { userId: 'u', username: 'ada' },
    { address: '127.0.0.1', requestId: null, userAgent: null },
  ];
  const wanted = { kind: 'torznab', name: 'Mine', urls: [two], apiKey: null, categories: [], enabled: true };
  const added = await service.add(wanted, actor, origin);
  await use(one);
  const configured = (await service.list()).find(({ id }) => id !== added.id);
  const id = configured?.id ?? '';
  await expect(service.delete(id, actor, origin)).rejects.toMatchObject({ code: 'conflict' });
  await expect(service.update(id, { urls: [two] }, actor, origin)).rejects.toMatchObject({
    code: 'conflict',
  });
  expect((await service.update(id, { enabled: false }, actor, origin)).enabled).toBe(false);
  await use(one);
  expect((await service.list()).find((row) => row.id === id)?.enabled).toBe(false);
  await use();
  expect((await service.list()).map(({ name }) => name)).toEqual(['Mine']);
});

function anIndexer(name: string): Indexer {
  return {
    name,
    search: () => Promise.resolve([]),
    test: () => Promise.resolve('Answers'),
    download: () => Promise.resolve(null),
  };
}
