import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Source } from '../../entities/source.entity.js';
import { type SourceFacts, SourceRepository } from '../../repositories/source.repository.js';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { aRelease } from '../../test-support/releases.js';

type Json = Record<string, unknown>;

describe('a film that turned out to be another one', () => {
  let kinora: KinoraApi;
  let token: string;
  let kept: string;
  let lost: string;

  beforeEach(async () => {
    kinora = await openKinoraApi();
    ({ token } = await kinora.signIn('ada', 'correct horse', 'admin'));
    const facts = { year: 1963, runtimeSeconds: 6_780, detailsFetchedAt: new Date() };
    const [archived] = await kinora.movies.upsertMany([{ ...facts, archiveId: 'charade', title: 'Charade' }]);
    const [film] = await kinora.movies.upsertMany([{ ...facts, tmdbId: 4_808, title: 'Charade' }]);
    [kept, lost] = [film?.id ?? '', archived?.id ?? ''];
  });
  afterEach(() => kinora.dispose());

  const call = async (method: string, path: string, body?: Json, as = token) => {
    const answer = await kinora.request(method, path, { token: as, ...(body && { body }) });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Json };
  };
  const save = (id: string, positionSeconds: number, as = token) =>
    call('PUT', `/api/progress/${id}`, { positionSeconds, durationSeconds: 6_780, state: 'paused' }, as);
  const progress = async (id: string, as = token) =>
    (await call('GET', `/api/progress/${id}`, undefined, as)).body;
  const merge = () => kinora.catalogue.merger.merge(kept, lost);

  it('is where people stopped, by either id, also for who had begun both', async () => {
    const other = await kinora.signIn('bob', 'correct horse', 'user');
    await save(lost, 600);
    await save(kept, 100, other.token);
    await save(lost, 1_200, other.token);
    await merge();
    for (const id of [kept, lost]) {
      expect(await progress(id)).toMatchObject({ mediaId: kept, next: { resumeAtSeconds: 600 } });
      expect(await progress(id, other.token)).toMatchObject({ next: { resumeAtSeconds: 1_200 } });
    }
    const { body } = await call('GET', '/api/continue-watching', undefined, other.token);
    expect((body['items'] as Json[]).length).toBe(1);
  });

  it('is watched when one of the two was, and stays one in the history', async () => {
    await call('POST', '/api/history/marks', { mediaId: lost, watched: true });
    await merge();
    expect(await progress(kept)).toMatchObject({ watched: true, plays: 1 });
    expect((await call('GET', '/api/history')).body).toMatchObject({ total: 1 });
    await call('POST', '/api/history/marks', { mediaId: lost, watched: false });
    expect(await progress(kept)).toMatchObject({ watched: false });
  });

  it('takes what a player still tells under the other id', async () => {
    await merge();
    expect((await save(lost, 900)).status).toBe(200);
    expect(await progress(kept)).toMatchObject({ next: { resumeAtSeconds: 900 } });
  });

  it('is on the lists that either was on, once, with its note', async () => {
    const list = async (name: string) => String((await call('POST', '/api/lists', { name })).body['id']);
    const [one, both] = [await list('One'), await list('Both')];
    await call('PUT', `/api/lists/${one}/items/${lost}`, { note: 'with Ada' });
    await call('PUT', `/api/lists/${both}/items/${kept}`, {});
    await call('PUT', `/api/lists/${both}/items/${lost}`, { note: 'on Sunday' });
    await merge();
    for (const [id, note] of [
      [one, 'with Ada'],
      [both, 'on Sunday'],
    ] as const) {
      const { items, total } = (await call('GET', `/api/lists/${id}`)).body as {
        items: Json[];
        total: number;
      };
      expect({ total, note: items[0]?.['note'] }).toEqual({ total: 1, note });
      expect(JSON.stringify(items[0])).toContain(kept);
    }
    const ids = async (id: string) => (await call('GET', `/api/movies/${id}`)).body['listIds'];
    expect(await ids(lost)).toEqual(await ids(kept));
    // Who has the page open from before takes it off by the id they know.
    expect((await call('DELETE', `/api/lists/${one}/items/${lost}`)).status).toBe(204);
  });

  it('has the sources of both, each torrent once', async () => {
    const sources = new SourceRepository(kinora.database);
    const facts = (letter: string): SourceFacts => {
      const { imdbId: _, ...release } = aRelease({ infoHash: letter.repeat(40) });
      return {
        ...release,
        announce: [],
        webSeeds: [],
        indexer: 'Open films',
        indexers: ['Open films'],
        links: [],
      };
    };
    await sources.takeIn({ kind: 'movie', id: lost }, [facts('a'), facts('b')]);
    await sources.takeIn({ kind: 'movie', id: kept }, [facts('b')]);
    await merge();
    const rows = await kinora.database.reader.findBy(Source, { movieId: kept });
    expect(rows.map(({ infoHash }) => infoHash[0]).sort()).toEqual(['a', 'b']);
    expect(await kinora.database.reader.countBy(Source, { movieId: lost })).toBe(0);
    const known = await kinora.request('GET', `/api/movies/${kept}/sources`, { token });
    const other = await kinora.request('GET', `/api/movies/${lost}/sources`, { token });
    const ids = async (answer: Response) =>
      ((await answer.json()) as { items: Json[] }).items.map(({ id }) => id).sort();
    expect(await ids(other)).toEqual(await ids(known));
  });

  it('leaves no row behind anywhere that names the other id', async () => {
    await save(lost, 600);
    await call('POST', '/api/history/marks', { mediaId: lost, watched: true });
    const { items } = (await call('GET', '/api/lists')).body as { items: Json[] };
    await call('PUT', `/api/lists/${String(items[0]?.['id'])}/items/${lost}`, {});
    await merge();
    const { reader } = kinora.database;
    for (const { tableName, columns } of reader.dataSource.entityMetadatas) {
      for (const { databaseName } of columns) {
        if (!/^(mediaId|movieId|titleId|titleKey)$/.test(databaseName)) continue;
        const where = reader
          .createQueryBuilder()
          .from(tableName, 't')
          .where(`t."${databaseName}" = :lost`, { lost });
        expect([tableName, databaseName, await where.getCount()]).toEqual([tableName, databaseName, 0]);
      }
    }
  });
});
