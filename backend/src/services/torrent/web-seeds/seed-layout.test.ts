import { describe, expect, it } from '@jest/globals';
import { bencode, type Writable } from '../__fixtures__/bencode-writer.js';
import { SeedLayout } from './seed-layout.js';
import { acceptedWebSeeds, webSeedsIn } from './web-seed-urls.js';

const torrent = (info: Writable) => SeedLayout.read(bencode({ info }));
const several = torrent({
  name: 'item',
  files: [
    { length: 5, path: ['a b', 'é#?.mp4'] },
    { length: 0, path: ['nothing'] },
    { length: 7, path: ['..', 'passwd'] },
    { length: 3, path: ['.pad', '3'], attr: 'p' },
    { length: 9, path: [Buffer.from([0xff, 0x2f])] },
  ],
});

describe('SeedLayout', () => {
  it.each([
    ['http://a.example/x.mp4', 'http://a.example/x.mp4'],
    ['http://a.example/films/', 'http://a.example/films/my%20film.mp4'],
  ])('a single file at %s is asked for at %s', (seed, url) => {
    const layout = torrent({ name: 'my film.mp4', length: 5 });
    expect(layout.addressOf(seed, layout.fileAt(0))?.href).toBe(url);
  });

  it.each(['http://a.example/d', 'http://a.example/d/'])('files of a folder lie below %s by name', (seed) => {
    expect(several.addressOf(seed, several.fileAt(4))?.href).toBe(
      'http://a.example/d/item/a%20b/%C3%A9%23%3F.mp4',
    );
    expect(several.addressOf(seed, several.fileAt(20))?.href).toBe('http://a.example/d/item/%FF%2F');
  });

  it('has no address for a path that leads elsewhere', () => {
    expect(several.addressOf('http://a.example/d/', several.fileAt(5))).toBeNull();
  });

  it('finds the file of a byte, past those that are empty', () => {
    expect([0, 4, 5, 11, 12, 14, 15, 23].map((at) => several.fileAt(at).offset)).toEqual([
      0, 0, 5, 5, 12, 12, 15, 15,
    ]);
    expect(several.fileAt(13).isPadding).toBe(true);
    expect(several.filesIn(4, 16).map(({ offset }) => offset)).toEqual([0, 5, 15]);
  });
});

describe('acceptedWebSeeds', () => {
  it('keeps plain web addresses, each once, at most 20', () => {
    expect(
      acceptedWebSeeds([
        'http://a.example/',
        'http://a.example/',
        'ftp://a.example/',
        'https://u:p@a.example/',
        'nonsense',
        `https://a.example/${'x'.repeat(3_000)}`,
      ]),
    ).toEqual(['http://a.example/']);
    const many = Array.from({ length: 30 }, (_, at) => `http://a.example/${at}`);
    expect(acceptedWebSeeds(many)).toHaveLength(20);
  });

  it('reads a list or a single address of a .torrent file', () => {
    expect(webSeedsIn(Buffer.from('http://a.example/'))).toEqual(['http://a.example/']);
    expect(webSeedsIn([Buffer.from('http://a.example/'), 7])).toEqual(['http://a.example/']);
    expect(webSeedsIn(undefined)).toEqual([]);
  });
});
