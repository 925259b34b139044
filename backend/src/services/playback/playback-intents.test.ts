import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { openWarmWorld, type WarmWorld } from '../../test-support/warm-world.js';
import { defaultCapabilities } from '../source/source-score.js';

const viewer = { userId: 'user-1', sessionId: 'session-1' };
const film = { kind: 'source', sourceId: 'source' } as const;

describe('PlaybackIntents', () => {
  let world: WarmWorld;

  beforeEach(async () => {
    world = await openWarmWorld({ logger: silentLogger() });
  });

  afterEach(() => world.stop());

  it('fetches the head and the tail of the film and nothing else', async () => {
    world.engine.deliver(world.infoHash);
    await world.intents.begin(viewer, film, defaultCapabilities);
    await world.intents.ready('user-1');
    expect(world.engine.ranges).toEqual([
      { start: 0, end: 40_000 },
      { start: 180_000, end: 200_000 },
    ]);
    expect(world.engine.openReaders).toBe(0);
  });

  it('lets go of the swarm when the viewer leaves, also while it waits', async () => {
    await world.intents.begin(viewer, film, defaultCapabilities);
    expect(world.intents.warmFor('user-1')).toBe(world.infoHash);
    world.intents.end('user-1');
    await world.engine.left(world.infoHash);
    expect(world.storage.playing).toEqual([]);
  });

  it('keeps one title a user, and shares its lease with the play that follows', async () => {
    world.engine.deliver(world.infoHash);
    await world.intents.begin(viewer, film, defaultCapabilities);
    await world.intents.begin(viewer, film, defaultCapabilities);
    expect(world.storage.playing).toEqual([world.infoHash]);
  });

  it('waits its turn while somebody who plays waits for bytes', async () => {
    world.waiting = true;
    await world.intents.begin(viewer, film, defaultCapabilities);
    expect(world.intents.warmFor('user-1')).toBeNull();
    expect(world.engine.joined.size).toBe(0);
  });
});
