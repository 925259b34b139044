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
    while (!text.includes(own.id)) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(text).toContain('event: playback');
    expect(text).toContain(own.id);
    expect(text).not.toContain(others.id);
  });

  it('says how the VPN is, at the beginning and at once when it changes; where, to administrators alone', async () => {
    const tokens = [
      await kinora.signIn('kim', 'correct horse'),
      await kinora.signIn('ada', 'correct horse', 'admin'),
    ];
    const listeners = await Promise.all(
      tokens.map(async ({ token }) => {
        const { body } = await kinora.request('GET', '/api/events', { token });
        return new Listener(body);
      }),
    );
    for (const listener of listeners) await listener.until('"policy":"off"');
    kinora.vpn.become({
      policy: 'require',
      state: 'unprotected',
      reason: 'tun0 is down.',
      interfaceName: 'tun0',
      trafficAllowed: false,
    });
    for (const listener of listeners) await listener.until('"reason":"tun0 is down."');
    expect(listeners[0]?.text).not.toContain('"interface":{');
    expect(listeners[1]?.text).toContain('"interface":{"name":"tun0"');
    for (const listener of listeners) await listener.end();
    while (kinora.vpn.listeners.size > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('opens nothing for HEAD, which has no reader to wait for', async () => {
    const { token } = await kinora.signIn('kim', 'correct horse');
    const { body } = await kinora.request('GET', '/api/events', { token });
    const listener = new Listener(body);
    await listener.until('event: vpn');
    for (let count = 0; count < 20; count += 1) {
      const answer = await kinora.request('HEAD', '/api/events', { token });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/event-stream');
    }
    expect(kinora.vpn.listeners.size).toBe(1);
    await listener.end();
  });

  it('tells what one watched on another device, and nobody else', async () => {
    const kim = await kinora.signIn('kim', 'correct horse');
    const ann = await kinora.signIn('ann', 'correct horse');
    const listen = async (token: string) =>
      new Listener((await kinora.request('GET', '/api/events', { token })).body);
    const [hers, others] = [await listen(kim.token), await listen(ann.token)];
    await hers.until('"count":0');
    await others.until('"count":0');
    const mediaId = (await kinora.media.getHome()).rows[0]?.items[0]?.id ?? '';
    const place = { positionSeconds: 70, durationSeconds: 600 };
    await kinora.request('PUT', `/api/progress/${mediaId}`, { token: kim.token, body: place });
    await hers.until('"count":1');
    await kinora.request('PUT', `/api/ratings/${mediaId}`, { token: kim.token, body: { rating: 7 } });
    await hers.until('"count":2');
    expect(hers.text).not.toContain('event: jobs');
    await kinora.request('PUT', `/api/ratings/${mediaId}`, { token: ann.token, body: { rating: 7 } });
    await others.until('"count":1');
    expect(others.text).not.toContain('"count":2');
    await hers.end();
    await others.end();
  });

  it('tells administrators which jobs run', async () => {
    const ada = await kinora.signIn('ada', 'correct horse', 'admin');
    const listener = new Listener((await kinora.request('GET', '/api/events', { token: ada.token })).body);
    await listener.until('"running":[]');
    await listener.end();
  });
});

class Listener {
  text = '';
  private readonly reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(body: ReadableStream<Uint8Array> | null) {
    this.reader = body?.getReader();
  }

  async until(words: string): Promise<void> {
    while (!this.text.includes(words)) {
      const part = await this.reader?.read();
      if (part?.done !== false) throw new Error(`It ended with: ${this.text}`);
      this.text += new TextDecoder().decode(part.value);
    }
  }

  async end(): Promise<void> {
    await this.reader?.cancel();
  }
}
