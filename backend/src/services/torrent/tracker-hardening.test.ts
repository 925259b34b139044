import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'bittorrent-tracker';
import { hardenTrackers } from './tracker-hardening.js';

const day = 86_400_000;

describe('how soon a tracker is asked again (T19)', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    hardenTrackers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['at once', 0.001, 60_000],
    ['in a second', 1_000, 60_000],
    ['before now', -5_000, 60_000],
    ['in half an hour', 1_800_000, 1_800_000],
    ['in a week', 7 * day, 7_200_000],
    ['after the longest timer there is', 2 ** 40, 7_200_000],
    ['at no time', Number.NaN, 1_800_000],
  ])('%s', (_when, asked, real) => {
    for (const scheme of ['http', 'udp']) {
      const tracker = trackerAt(`${scheme}://127.0.0.1:9/announce`);
      const announce = jest.fn();
      Object.assign(tracker, { announce });
      tracker.setInterval(asked);
      jest.advanceTimersByTime(real - 1);
      expect(announce).not.toHaveBeenCalled();
      jest.advanceTimersByTime(1);
      expect(announce).toHaveBeenCalledTimes(1);
    }
  });
});

it('a tracker is told who asks for what, byte for byte', async () => {
  hardenTrackers();
  let client = clientOf('http://127.0.0.1:9/announce');
  const asked = new Promise<URL>((resolve) => {
    const server = createServer((request, response) => {
      response.setHeader('connection', 'close').end('de');
      server.close();
      client.destroy(() => undefined);
      resolve(new URL(request.url ?? '', 'http://tracker.example'));
    }).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      client = clientOf(`http://127.0.0.1:${port}/announce?passkey=1%2f2`);
      client.start();
    });
  });
  const { search } = await asked;
  expect(search).toContain('passkey=1%2f2&');
  expect(search).toContain(`info_hash=%00%ff${'%20'.repeat(18)}`);
  expect(search).toContain('port=6881');
  expect(search).toContain('event=started');
});

function clientOf(announce: string): Client {
  return new Client({
    infoHash: `00ff${'20'.repeat(18)}`,
    peerId: '41'.repeat(20),
    port: 6_881,
    announce: [announce],
    wrtc: false,
  });
}

function trackerAt(announce: string): Client['_trackers'][number] {
  const [tracker] = clientOf(announce)._trackers;
  if (!tracker) throw new Error('no tracker');
  return tracker;
}
