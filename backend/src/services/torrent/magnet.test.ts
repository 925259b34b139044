import { describe, expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { parseMagnet } from './magnet.js';
import { MagnetInvalidError } from './torrent.errors.js';

const hex = '0123456789abcdef0123456789abcdef01234567';

describe('parseMagnet', () => {
  it('reads hash, name and trackers', () => {
    const magnet = `magnet:?xt=urn:btih:${hex.toUpperCase()}&dn=Big+Buck%20Bunny&tr=udp%3A%2F%2Ft.example%3A6969&tr=wss://w.example`;
    expect(parseMagnet(magnet)).toEqual({
      infoHash: hex,
      name: 'Big Buck Bunny',
      announce: ['udp://t.example:6969', 'wss://w.example'],
    });
  });

  it('reads base 32, hybrid links, and links without name or trackers', () => {
    expect(parseMagnet('magnet:?xt=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH').infoHash).toBe(hex);
    expect(parseMagnet(`magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}&xt=urn:btih:${hex}`)).toEqual({
      infoHash: hex,
      name: null,
      announce: [],
    });
  });

  const tracker = 'http://t.example/announce';
  const tr = encodeURIComponent(tracker);

  it.each([
    ['ampersands of HTML', `magnet:?dn=The%20Film&amp;xt=urn:btih:${hex}&amp;tr=${tr}`],
    ['numbered keys', `magnet:?dn=The+Film&xt.1=urn:btih:${hex}&tr.1=${tr}`],
    ['upper case', `MAGNET:?DN=The+Film&XT=URN:BTIH:${hex.toUpperCase()}&TR=${tr}`],
    ['line breaks', ` magnet:?xt=urn:btih:${hex}\n&dn=The+Film\r\n&tr=${tr}\n`],
    [
      'a line broken inside the hash',
      `magnet:?dn=The+Film&xt=urn:btih:${hex.slice(0, 9)}\r\n${hex.slice(9)}&tr=${tr}`,
    ],
  ])('reads a link as it is pasted: %s', (_name, text) => {
    expect(parseMagnet(text)).toEqual({ infoHash: hex, name: 'The Film', announce: [tracker] });
  });

  it('reads an info-hash alone, in hex or base 32, and a link with 140 trackers', () => {
    expect(parseMagnet(` ${hex.toUpperCase()}\n`)).toEqual({ infoHash: hex, name: null, announce: [] });
    expect(parseMagnet('aerukz4jvpg66ajdivtytk6n54asgrlh').infoHash).toBe(hex);
    const many = Array.from(
      { length: 140 },
      (_, n) => `&tr=${encodeURIComponent(`udp://tracker-${n}.with-a-long-name.example:6969/announce`)}`,
    );
    const link = `magnet:?xt=urn:btih:${hex}${many.join('')}`;
    expect(link.length).toBeGreaterThan(8_192);
    expect(parseMagnet(link).announce).toHaveLength(50);
  });

  it('ignores every address that is no tracker (T15, T16)', () => {
    const evil = [
      'xs=http://127.0.0.1/x',
      'as=http://127.0.0.1/a',
      'ws=http://127.0.0.1/w',
      'x.pe=127.0.0.1:22',
      'tr=file:///etc/passwd',
      'tr=javascript:1',
      'tr=http://a:b@t.example/',
    ];
    expect(parseMagnet(`magnet:?xt=urn:btih:${hex}&${evil.join('&')}`)).toEqual({
      infoHash: hex,
      name: null,
      announce: [],
    });
  });

  it.each([
    ['v2 only', `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}`, 'v2'],
    ['a short hash', 'magnet:?xt=urn:btih:abc', '40 hex digits'],
    ['41 digits', `magnet:?xt=urn:btih:${hex}0`, '40 hex digits'],
    ['no hash', 'magnet:?dn=x', 'no BitTorrent info-hash'],
    ['another network', 'magnet:?xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C', 'no BitTorrent info-hash'],
    ['a web address', 'http://example.org/x.torrent', 'magnet:?'],
    ['a path', '/etc/passwd', 'magnet:?'],
    ['a bare text of another length', `${hex}0`, 'magnet:?'],
    ['length', `magnet:?xt=urn:btih:${hex}&dn=${'x'.repeat(66_000)}`, '65,536'],
  ])('refuses %s and says why', (_name, text, reason) => {
    expect(() => parseMagnet(text)).toThrow(MagnetInvalidError);
    expect(() => parseMagnet(text)).toThrow(reason);
  });

  it('answers any text with 40 hex digits or MagnetInvalidError (T16)', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string().map((text) => `magnet:?${text}`),
      fc.string().map((text) => `magnet:?xt=urn:btih:${hex}&${text}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseMagnet(text).infoHash).toMatch(/^[0-9a-f]{40}$/);
        } catch (error) {
          if (!(error instanceof MagnetInvalidError)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
