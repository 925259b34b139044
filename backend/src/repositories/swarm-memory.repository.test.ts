import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openTestDatabase } from '../test-support/database.js';
import { SwarmMemoryRepository } from './swarm-memory.repository.js';

describe('SwarmMemoryRepository', () => {
  let dispose: () => Promise<void>;
  let memories: SwarmMemoryRepository;
  let now = new Date('2026-01-01T00:00:00Z');

  beforeEach(async () => {
    const opened = await openTestDatabase();
    ({ dispose } = opened);
    memories = new SwarmMemoryRepository(opened.database, () => now);
  });

  afterEach(() => dispose());

  it('remembers the last good peers, at most 30, in their order', async () => {
    const peers = Array.from({ length: 40 }, (_, index) => `192.0.2.${index}:6881`);
    await memories.save('a'.repeat(40), ['192.0.2.99:1']);
    await memories.save('a'.repeat(40), peers);
    expect(await memories.listPeers('a'.repeat(40))).toEqual(peers.slice(0, 30));
    expect(await memories.listPeers('b'.repeat(40))).toEqual([]);
  });

  it('forgets after two weeks, and keeps what it has when nobody served', async () => {
    await memories.save('a'.repeat(40), ['192.0.2.1:6881']);
    await memories.save('a'.repeat(40), []);
    expect(await memories.listPeers('a'.repeat(40))).toEqual(['192.0.2.1:6881']);
    now = new Date(now.getTime() + 15 * 24 * 60 * 60_000);
    expect(await memories.listPeers('a'.repeat(40))).toEqual([]);
  });
});
