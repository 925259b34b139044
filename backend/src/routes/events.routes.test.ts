import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

describe('GET /events', () => {
  let kinora: KinoraApi;

  beforeEach(async () => {
    kinora = await openKinoraApi();
  });

  afterEach(() => kinora.dispose());

  it('tells the state of one’s own plays, and nobody else’s', async () => {
    const kim = await kinora.signIn('kim', 'correct horse');
    const ann = await kinora.signIn('ann', 'correct horse');
    const magnet = `magnet:?xt=urn:btih:${kinora.film.metadata.infoHash}`;
    const play = async (token: string) =>
      (await (await kinora.request('POST', '/api/playback', { token, body: { magnet } })).json()) as {
        id: string;
      };
    const others = await play(ann.token);
    const own = await play(kim.token);
    const answer = await kinora.request('GET', '/api/events', { token: kim.token });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = answer.body?.getReader();
    let text = '';
    while (!text.includes('\n\n')) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(text).toContain('event: playback');
    expect(text).toContain(own.id);
    expect(text).not.toContain(others.id);
  });
});
