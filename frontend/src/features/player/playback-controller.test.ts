/// <reference types="node" />
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createApiClient } from '../../api/client.js';
import { Session } from '../../api/session.js';
import type { Playback, PlaybackState } from '../../api/types.js';
import { type ApiReply, type ApiServer, startApiServer } from '../../test/api-server.js';
import { startPlayback } from './playback.queries.js';
import { PlaybackController, type PlaybackSnapshot } from './playback-controller.js';

const state = (stage: PlaybackState['stage']): PlaybackState => ({
  id: 'p1',
  mediaId: 'm1',
  season: null,
  episode: null,
  title: 'Sintel',
  stage,
  message: stage,
  elapsedSeconds: 0,
  peers: 1,
  webSeeds: 0,
  downloadBytesPerSecond: 0,
  uploadBytesPerSecond: 0,
  file: null,
  downloadedBytes: 0,
  downloadedRanges: [],
  swarm: { seeders: 0, willing: 0, silent: 0, incoming: 0 },
  runwaySeconds: null,
  lengthDoubt: null,
  verdict: null,
  alternatives: [],
});

const playback: Playback = {
  id: 'p1',
  mode: 'direct',
  url: '/api/stream/x',
  mimeType: null,
  durationSeconds: null,
  audioTracks: [],
  subtitles: [],
  resumeAtSeconds: null,
  source: null,
  reasons: [],
  state: state('starting'),
};

describe('PlaybackController', () => {
  let server: ApiServer;
  let controller: PlaybackController;
  let answers: Record<string, ApiReply | Promise<ApiReply>>;

  beforeEach(async () => {
    answers = {
      'POST /api/playback': { status: 201, body: playback },
      'GET /api/playback/p1': { body: state('ready') },
      'DELETE /api/playback/p1': { status: 204 },
    };
    server = await startApiServer((call) => answers[call] ?? { status: 404 });
    const session = new Session({ baseUrl: `${server.origin}/api`, fetch, now: () => 0 });
    const api = createApiClient(session, server.origin);
    controller = new PlaybackController(api, () => startPlayback(api, { mediaId: 'm1' }), { pollMs: 5 });
  });

  afterEach(async () => {
    controller.leave();
    await server.stop();
  });

  const until = (condition: (snapshot: PlaybackSnapshot) => boolean) =>
    new Promise<PlaybackSnapshot>((resolve) => {
      const look = () => {
        const snapshot = controller.getSnapshot();
        if (condition(snapshot)) resolve(snapshot);
      };
      controller.subscribe(look);
      look();
    });
  const heard = async (call: string) => {
    while (!server.requests.includes(call)) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it('asks once, follows the state, and lets go on leaving', async () => {
    controller.start();
    controller.stop();
    controller.start();
    await until((snapshot) => snapshot.state?.stage === 'ready');
    controller.leave();
    await heard('DELETE /api/playback/p1');
    expect(server.requests.filter((call) => call === 'POST /api/playback')).toHaveLength(1);
  });

  it('lets go of a play that was granted after the viewer had left', async () => {
    let grant: (reply: ApiReply) => void = () => undefined;
    answers['POST /api/playback'] = new Promise((resolve) => {
      grant = resolve;
    });
    controller.start();
    await heard('POST /api/playback');
    controller.leave();
    grant({ status: 201, body: playback });
    await heard('DELETE /api/playback/p1');
  });

  it('gives the reason when the play is refused', async () => {
    answers['POST /api/playback'] = {
      status: 404,
      body: { detail: 'No source is known.', code: 'no-sources' },
    };
    controller.start();
    const { error } = await until((snapshot) => snapshot.error !== null);
    expect(error?.message).toBe('No source is known.');
  });

  it('tells the running time once it is known, and that it waits', async () => {
    const told = 'GET /api/playback/p1?waiting=true&length=596.5';
    answers[told] = { body: state('ready') };
    controller.start();
    controller.setLength(Number.NaN);
    await heard('GET /api/playback/p1');
    controller.setLength(596.5);
    controller.setWaiting(true);
    await heard(told);
  });

  it('keeps asking while the server is in trouble, and says so', async () => {
    answers['GET /api/playback/p1'] = { status: 503 };
    controller.start();
    await until((snapshot) => snapshot.unreachable);
    answers['GET /api/playback/p1'] = { body: state('ready') };
    const { unreachable, error } = await until((snapshot) => snapshot.state?.stage === 'ready');
    expect({ unreachable, error }).toEqual({ unreachable: false, error: null });
  });

  it('ends when the server no longer knows the play', async () => {
    answers['GET /api/playback/p1'] = { status: 404, body: { code: 'not-found' } };
    controller.start();
    const { error } = await until((snapshot) => snapshot.error !== null);
    expect(error?.message).toBe('The server has ended this play.');
  });
});
