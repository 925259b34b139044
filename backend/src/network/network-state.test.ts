import { describe, expect, it } from '@jest/globals';
import { parseNameServers, readInterfaces, readNameServers } from './network-state.js';

describe('what the machine says of its network', () => {
  it('has loopback', () => {
    expect(readInterfaces().get('lo')).toEqual(['127.0.0.1']);
  });

  it('reads the IPv4 name servers of a resolv.conf, at most three', () => {
    const text =
      '# made by hand\nsearch home\nnameserver 10.8.0.1\n nameserver 9.9.9.9 # second\nnameserver ::1\nnameserver 1.1.1.1\nnameserver 8.8.8.8\n';
    expect(parseNameServers(text)).toEqual(['10.8.0.1', '9.9.9.9', '1.1.1.1']);
  });

  it('finds none where there is no file', () => {
    expect(readNameServers(['/nowhere/resolv.conf'])).toEqual([]);
  });
});
