import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Indexer } from '../entities/indexer.entity.js';
import { defaultCapabilities } from '../services/source/source-score.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;
let admin: Awaited<ReturnType<KinoraApi['signIn']>>;

beforeEach(async () => {
  kinora = await openKinoraApi({
    answerWithinMs: 10_000,
    jobs: [
      {
        name: 'breaks',
        description: 'Fails.',
        schedule: { everyMs: 24 * 3_600_000 },
        run: () => Promise.reject(new Error('the provider is away')),
      },
    ],
  });
  admin = await kinora.signIn('root', 'correct horse', 'admin');
});

afterEach(() => kinora.dispose());

const ask = async () =>
  (await (await kinora.request('GET', '/api/admin/overview', { token: admin.token })).json()) as {
    plays: unknown[];
    concerns: { area: string; weight: string; message: string }[];
  };

test('who plays what is shown, and a server that is well has no concerns', async () => {
  expect(await ask()).toMatchObject({
    version: '0.0.0',
    plays: [],
    concerns: [],
    storage: { totalBytes: 0 },
  });
  const magnet = `magnet:?xt=urn:btih:${kinora.film.metadata.infoHash}`;
  const owner = admin.principal;
  const { id } = await kinora.playback.play(owner, { kind: 'magnet', magnet }, defaultCapabilities);
  expect((await ask()).plays).toMatchObject([{ id, username: 'root', message: expect.any(String) }]);
  kinora.playback.end(owner, id);
  expect((await ask()).plays).toEqual([]);
});

test('what is broken comes before what is worth knowing, each with where to look', async () => {
  for (let time = 0; time < 2; time += 1) {
    await kinora.scheduler.runNow('breaks');
    while ((await kinora.scheduler.get('breaks')).running) await new Promise(setImmediate);
  }
  kinora.vpn.status = {
    ...kinora.vpn.status,
    policy: 'require',
    state: 'unprotected',
    reason: 'The tunnel is down.',
  };
  const { concerns } = await ask();
  expect(concerns).toEqual([
    { area: 'vpn', weight: 'broken', message: 'The tunnel is down.' },
    {
      area: 'jobs',
      weight: 'worth-knowing',
      message: 'The job breaks failed 2 times in a row: Something went wrong; the log says what.',
    },
  ]);
});

test('an indexer whose last search failed is named, and having none on is a broken server', async () => {
  const { database } = kinora;
  await database.write((manager) =>
    manager.update(Indexer, { kind: 'open-films' }, { lastError: 'It answered 500.' }),
  );
  expect((await ask()).concerns).toMatchObject([{ area: 'indexers', weight: 'worth-knowing' }]);
  await database.write((manager) => manager.update(Indexer, { kind: 'open-films' }, { enabled: false }));
  expect((await ask()).concerns).toMatchObject([{ area: 'indexers', weight: 'broken' }]);
});
