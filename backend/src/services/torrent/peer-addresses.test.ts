import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, mayDial, parsePeer } from './peer-addresses.js';
import { acceptedTrackers, usableTrackers } from './tracker-urls.js';

describe('isPublicAddress', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.1',
    '172.16.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::1',
    '::',
    'fc00::1',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:127.0.0.1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    'ff02::1',
    '2130706433',
    '0x7f.1',
    'localhost',
    'example.org',
    '',
  ])('%s is not (T14, T15)', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('mayDial', () => {
  it('takes public addresses with high ports only, unless private ones are allowed (T14)', () => {
    expect(mayDial('8.8.8.8:6881', false)).toBe(true);
    expect(mayDial('[2606:4700::1111]:6881', false)).toBe(true);
    expect(mayDial('8.8.8.8:25', false)).toBe(false);
    expect(mayDial('127.0.0.1:6881', false)).toBe(false);
    expect(mayDial('127.0.0.1:6881', true)).toBe(true);
  });

  it('never takes a name, which could turn out to be any address (T14)', () => {
    expect(mayDial('localhost:6881', true)).toBe(false);
    expect(parsePeer('8.8.8.8')).toBeNull();
    expect(parsePeer('8.8.8.8:99999')).toBeNull();
    expect(parsePeer('8.8.8.8:0')).toBeNull();
  });
});

describe('usableTrackers', () => {
  const urls = [
    'http://t.example/announce',
    'udp://t.example:80',
    'udp://10.0.0.1:80',
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://[::1]/',
    'udp://0x7f.1:80',
    'http://localhost/',
    'wss://w.example',
    'ftp://f.example',
    'no address',
  ];

  it('drops private literals unless they are allowed (T15)', () => {
    expect(usableTrackers(urls, false)).toEqual(['http://t.example/announce', 'udp://t.example:80']);
    expect(usableTrackers(urls, true)).toContain('http://127.0.0.1/');
  });

  it('keeps at most 50', () => {
    expect(acceptedTrackers(Array.from({ length: 99 }, (_, n) => `http://t${n}.example/`))).toHaveLength(50);
  });
});
