import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from './event-stream.js';
import { LiveEvents, type LiveTurn } from './live-events.js';
import type { SessionState } from './session.js';

/** A server whose streams are opened and broken by hand. */
function aWorld() {
  const listeners = { session: [] as (() => void)[], seen: [] as (() => void)[] };
  const world = {
    state: { status: 'signed-out' } as SessionState,
    isSeen: true,
    now: 0,
    refuse: false,
    streams: [] as ReadableStreamDefaultController<Uint8Array>[],
    pauses: [] as number[],
    heard: [] as (StreamEvent | LiveTurn)[],
    resume: (): unknown => undefined,
    change: (changes: Partial<{ state: SessionState; isSeen: boolean }>) => {
      Object.assign(world, changes);
      for (const listener of [...listeners.session, ...listeners.seen]) listener();
    },
  };
  const live = new LiveEvents({
    session: {
      getState: () => world.state,
      subscribe: (listener) => {
        listeners.session.push(listener);
        return () => true;
      },
      fetch: (_input, init) => {
        if (world.refuse) return Promise.resolve(new Response(null, { status: 503 }));
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            world.streams.push(controller);
            init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
          },
        });
        return Promise.resolve(new Response(body));
      },
    },
    url: '/api/events',
    onEvent: (event) => world.heard.push(event),
    isSeen: () => world.isSeen,
    onSeen: (listener) => listeners.seen.push(listener),
    now: () => world.now,
    wait: (milliseconds, signal) => {
      world.pauses.push(milliseconds);
      return new Promise((resolve) => {
        world.resume = () => resolve();
        signal.addEventListener('abort', () => resolve());
      });
    },
  });
  live.start();
  return { world, live };
}

const user = { status: 'signed-in', user: {} } as SessionState;
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const say = (event: string) => new TextEncoder().encode(`event: ${event}\ndata: {}\n\n`);

describe('events of the server', () => {
  it('are listened to while somebody is signed in and looks', async () => {
    const { world, live } = aWorld();
    expect(world.streams).toHaveLength(0);
    world.change({ state: user });
    await settle();
    expect([world.streams.length, live.isUp]).toEqual([1, true]);
    world.streams[0]?.enqueue(say('watching'));
    await settle();
    expect(world.heard).toEqual([{ event: 'watching', data: '{}' }]);
    world.change({ isSeen: false });
    await settle();
    expect(live.isUp).toBe(false);
    world.change({ isSeen: true });
    await settle();
    expect([world.streams.length, live.isUp]).toEqual([2, true]);
    // Nobody knows what happened while nobody looked.
    expect(world.heard.at(-1)).toBe('back');
    world.change({ state: { status: 'signed-out' } });
    await settle();
    expect(live.isUp).toBe(false);
  });

  it('are asked for again after ever longer pauses, short ones once a stream has held', async () => {
    const { world, live } = aWorld();
    world.refuse = true;
    world.change({ state: user });
    for (let time = 0; time < 8; time += 1) {
      await settle();
      world.resume();
    }
    await settle();
    expect(world.pauses.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(live.isUp).toBe(false);
    world.refuse = false;
    world.resume();
    await settle();
    expect(live.isUp).toBe(true);
    world.now += 60_000;
    world.streams[0]?.close();
    await settle();
    expect([world.pauses.at(-1), live.isUp]).toEqual([1_000, false]);
    expect(world.heard).toEqual(['gone']);
  });
});
