import { beforeEach, describe, expect, it } from '@jest/globals';
import { Hono } from 'hono';
import type { AppEnv } from './app-env.js';
import { entityTags } from './etag.middleware.js';

describe('entityTags', () => {
  let app: Hono<AppEnv>;
  let year: number;

  beforeEach(() => {
    year = 1926;
    app = new Hono<AppEnv>();
    app.use(entityTags());
    app.get('/film', (context) => context.json({ title: 'The General', year }));
    app.get('/secret', (context) => context.json({ token: 'a' }, 200, { 'Cache-Control': 'no-store' }));
    app.get('/missing', (context) => context.json({ code: 'not-found' }, 404));
    app.get('/stream', (context) =>
      context.text('data: 1\n\n', 200, { 'Content-Type': 'text/event-stream' }),
    );
    app.post('/film', (context) => context.json({ title: 'The General' }));
  });

  const tagOf = async () => (await app.request('/film')).headers.get('ETag') ?? '';
  const ask = (tag: string) => app.request('/film', { headers: { 'If-None-Match': tag } });

  it('names an answer, and keeps it from all but who asked', async () => {
    const answer = await app.request('/film');
    expect(answer.headers.get('ETag')).toMatch(/^W\/"[\w-]{22}"$/);
    expect(answer.headers.get('Cache-Control')).toBe('private, no-cache');
    expect(answer.headers.get('Vary')).toBe('Authorization, Accept-Language');
    expect(answer.headers.get('Content-Type')).toContain('application/json');
    expect(await answer.json()).toEqual({ title: 'The General', year: 1926 });
  });

  it('sends nothing to who has it already, whether the tag is weak, strong or one of several', async () => {
    const tag = await tagOf();
    for (const known of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
      const answer = await ask(known);
      expect([known, answer.status, await answer.text()]).toEqual([known, 304, '']);
      expect(answer.headers.get('ETag')).toBe(tag);
      expect(answer.headers.get('Content-Type')).toBeNull();
    }
  });

  it('sends the whole answer when it has changed', async () => {
    const tag = await tagOf();
    year = 1927;
    const answer = await ask(tag);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ year: 1927 });
  });

  it('leaves alone what is not to be kept, failures, streams and changes', async () => {
    for (const path of ['/secret', '/missing', '/stream']) {
      expect([path, (await app.request(path)).headers.get('ETag')]).toEqual([path, null]);
    }
    expect((await app.request('/secret')).headers.get('Cache-Control')).toBe('no-store');
    expect((await app.request('/film', { method: 'POST' })).headers.get('ETag')).toBeNull();
  });
});
