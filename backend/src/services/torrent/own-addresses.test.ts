import { describe, expect, it } from '@jest/globals';
import { OwnAddresses } from './own-addresses.js';

describe('OwnAddresses', () => {
  it.each([
    ['127.0.0.1:6881', true],
    ['127.0.0.9:6881', true],
    ['192.168.1.5:6881', true],
    ['[fd00::5]:6881', true],
    ['192.168.1.5:6882', false],
    ['192.168.1.6:6881', false],
    ['nonsense', false],
  ])('%s is ours: %s', (peer, isOurs) => {
    expect(new OwnAddresses(() => 6881, ['192.168.1.5', 'fd00::5']).has(peer)).toBe(isOurs);
  });

  it('learns the address others see', () => {
    const own = new OwnAddresses(() => 6881, []);
    expect(own.has('203.0.113.7:51413')).toBe(false);
    own.learn('203.0.113.7:51413');
    expect(own.has('203.0.113.7:51413')).toBe(true);
  });
});
