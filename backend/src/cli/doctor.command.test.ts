import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../configuration.js';
import { Database } from '../database/database.js';
import { TextSealer } from '../encryption/sealed-text.js';
import { loadSecrets } from '../encryption/secrets.js';
import { Indexer } from '../entities/indexer.entity.js';
import { IndexerRepository } from '../repositories/indexer.repository.js';
import { keyPurpose } from '../services/indexers/indexer-settings.js';
import { sendJson, startUpstream, type Upstream, type UpstreamHandler } from '../test-support/upstream.js';
import { describeFindings, examine } from './doctor.command.js';

let dataDir: string;
let upstream: Upstream;

const images = { base_url: 'http://i.example/', secure_base_url: 'https://i.example/', poster_sizes: [] };
const healthy: UpstreamHandler = (request, response) => {
  const answer = request.url?.startsWith('/3/configuration')
    ? { images, change_keys: [] }
    : { status: 'ok', status_message: '', data: { movie_count: 0, limit: 20, page_number: 1 } };
  sendJson(answer)(request, response);
};

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'kinora-doctor-'));
  upstream = await startUpstream(healthy);
});
afterEach(async () => {
  await upstream.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Its findings by subject, without colour: `verdict text`. */
async function doctor(values: Record<string, string> = {}): Promise<Record<string, string>> {
  const given = { DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0', ...values };
  const findings = await examine(() => readConfiguration([{ label: 'test', values: given }]), '0');
  return Object.fromEntries(findings.map(({ subject, verdict, text }) => [subject, `${verdict} ${text}`]));
}

const token = 'a-token-of-no-service';

describe('kinora doctor', () => {
  it('finds a fresh folder with nothing configured fit for a start', async () => {
    const found = await doctor();
    expect(found).toMatchObject({
      configuration: expect.stringMatching(/^ok/),
      'data folder': expect.stringMatching(/^ok/),
      database: expect.stringMatching(/^note none yet; the first start makes it/),
      port: 'ok any free port',
      TMDB: expect.stringMatching(/^note no token/),
      YTS: 'note off',
      Torznab: 'note none by setting',
      Trakt: 'note off',
      ffmpeg: expect.stringMatching(/^ok ffmpeg version/),
      ffprobe: expect.stringMatching(/^ok ffprobe version/),
    });
    expect(Object.values(found).filter((line) => line.startsWith('broken'))).toEqual([]);
  });

  it('really asks the providers, with the token', async () => {
    const found = await doctor({
      TMDB_API_TOKEN: token,
      TMDB_API_URL: upstream.url,
      YTS_API_URL: `${upstream.url}/api/v2`,
    });
    expect(found).toMatchObject({
      TMDB: `ok ${upstream.url} answers and takes the token`,
      YTS: `ok ${upstream.url}/api/v2 answers`,
    });
    expect(upstream.requests.some((url) => url.startsWith('/3/configuration'))).toBe(true);
    expect(upstream.requests.some((url) => url.startsWith('/api/v2/list_movies.json'))).toBe(true);
  });

  it.each([
    ['refuses the token', sendJson({ status_code: 7 }, 401), 'broken TMDB refuses our request'],
    ['answers nonsense', sendJson({}), 'broken TMDB gave an answer that makes no sense'],
  ])('T48 says that a provider %s, and never the token', async (_case, answer, expected) => {
    upstream.answer(answer);
    const found = await doctor({ TMDB_API_TOKEN: token, TMDB_API_URL: upstream.url });
    expect(found['TMDB']).toContain(expected);
    expect(JSON.stringify(found)).not.toContain(token);
  });

  it('says that a provider cannot be reached', async () => {
    await upstream.stop();
    expect((await doctor({ YTS_API_URL: upstream.url }))['YTS']).toContain('broken YTS cannot be reached');
  });

  it('checks the database and the keys', async () => {
    const file = path.join(dataDir, 'kinora.sqlite');
    await (await Database.open(file)).close();
    await loadSecrets(path.join(dataDir, 'secrets'));
    expect(await doctor()).toMatchObject({
      database: expect.stringMatching(/^ok/),
      secrets: expect.stringMatching(/^ok/),
    });
    await writeFile(file, 'no database, although it is long enough to look like one '.repeat(100));
    await rm(path.join(dataDir, 'secrets'), { recursive: true });
    expect(await doctor()).toMatchObject({
      database: expect.stringMatching(/^broken .*damaged/),
      secrets: expect.stringMatching(/^broken .*missing/),
    });
  });

  it('tries the indexers that were added on their page, with their keys', async () => {
    const database = await Database.open(path.join(dataDir, 'kinora.sqlite'));
    const { refreshKey } = await loadSecrets(path.join(dataDir, 'secrets'));
    const sealed = new TextSealer(refreshKey).seal('the-key-of-it', keyPurpose('a'));
    const given = { kind: 'torznab', categories: [], createdAt: new Date(), updatedAt: new Date() };
    const untried = { lastError: null, lastErrorAt: null, lastOkAt: null, responseMs: null };
    const counts = { resultsPerSearch: null, searches: 0, failures: 0 };
    const rows = [
      { id: 'a', name: 'Mine', urls: [`${upstream.url}/api`], enabled: true, sealedApiKey: sealed },
      { id: 'b', name: 'Off', urls: [`${upstream.url}/off`], enabled: false, sealedApiKey: null },
    ];
    for (const [position, row] of rows.entries())
      await new IndexerRepository(database).save(
        Object.assign(new Indexer(), { ...given, ...untried, ...counts, ...row, position }),
      );
    await database.close();
    const caps = '<caps><searching><search available="yes"/></searching><categories/></caps>';
    const asked: string[] = [];
    upstream.answer((request, response) => {
      asked.push(request.url ?? '');
      const isIn = request.url?.includes('the-key-of-it') ?? false;
      const refusal = '<error code="100" description="Incorrect key"/>';
      const answer = request.url?.includes('t=caps') ? caps : '<rss version="2.0"><channel></channel></rss>';
      response.writeHead(200, { 'content-type': 'application/xml' }).end(isIn ? answer : refusal);
    });
    const found = await doctor();
    expect(found['indexer Mine']).toBe('ok Answers, and searches by text');
    expect(asked.some((url) => url.includes('the-key-of-it'))).toBe(true);
    expect(asked.some((url) => url.startsWith('/off'))).toBe(false);
    expect(JSON.stringify(found)).not.toContain('the-key-of-it');
    await upstream.stop();
    expect((await doctor())['indexer Mine']).toMatch(/^broken .*cannot be reached/);
  });

  it('tells a port taken by another program from one that Kinora holds', async () => {
    const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' && address ? address.port : 0);
    expect((await doctor({ PORT: port }))['port']).toMatch(/^broken .*another program has it/);
    other.close();
    await once(other, 'close');
    expect((await doctor({ PORT: port }))['port']).toMatch(/^ok .*is free/);

    upstream.answer(sendJson({ status: 'ready', checks: {} }));
    expect((await doctor({ PORT: new URL(upstream.url).port }))['port']).toMatch(/^ok Kinora answers/);
  });

  it('F33 finds a program that was named and does not run, and one that does', async () => {
    const program = path.join(dataDir, 'ffmpeg');
    await writeFile(program, '#!/bin/sh\necho "ffmpeg version 7 Copyright (c)"\n');
    expect((await doctor({ FFMPEG_PATH: program }))['ffmpeg']).toMatch(/^broken .*FFMPEG_PATH/);
    await chmod(program, 0o700);
    expect((await doctor({ FFMPEG_PATH: program }))['ffmpeg']).toBe('ok ffmpeg version 7');
  });

  it('reports the faults of the configuration and stops there', async () => {
    expect(await doctor({ PORT: 'eighty' })).toEqual({
      configuration: expect.stringContaining('broken PORT (test)'),
    });
  });

  it('prints one line each', () => {
    const text = describeFindings([
      { subject: 'disk', verdict: 'ok', text: 'a' },
      { subject: 'database', verdict: 'broken', text: 'b' },
    ]);
    expect(text).toBe('ok      disk      a\nbroken  database  b');
  });
});
