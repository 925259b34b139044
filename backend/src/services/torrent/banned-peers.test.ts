import { describe, expect, it } from '@jest/globals';
import { BannedPeers } from './banned-peers.js';

describe('BannedPeers', () => {
  it('remembers, and forgets the oldest of too many (T12)', () => {
    const banned = new BannedPeers();
    for (let n = 0; n < 4_096; n += 1) banned.add(`peer ${n}`);
    banned.add('peer 0');
    banned.add('one more');
    expect(['peer 0', 'peer 1', 'peer 2', 'one more', 'nobody'].map((peer) => banned.has(peer))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});
