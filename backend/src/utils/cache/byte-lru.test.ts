import { describe, expect, it } from '@jest/globals';
import { ByteLru } from './byte-lru.js';

const of = (length: number) => ({ bytes: new Uint8Array(length) });

describe('ByteLru', () => {
  it('drops the least recently used when the budget is exceeded', () => {
    const lru = new ByteLru(100);
    for (const key of ['a', 'b', 'c', 'd']) lru.set(key, of(25));
    lru.get('a');
    lru.set('e', of(25));
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => lru.get(key))).toEqual(['a', 'c', 'd', 'e']);
    expect(lru.size).toBe(100);
  });

  it('counts a replaced entry once and does not keep giants', () => {
    const lru = new ByteLru(100);
    lru.set('a', of(20));
    lru.set('a', of(10));
    lru.set('giant', of(26));
    expect(lru.size).toBe(10);
    expect(lru.get('giant')).toBeUndefined();
  });
});
