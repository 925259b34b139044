import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { bencode, type Writable } from './__fixtures__/bencode-writer.js';
import { TorrentInvalidError } from './torrent.errors.js';
import { parseInfoDict, parseTorrentFile, torrentFileLimitBytes } from './torrent-file.js';

const kib = 1024;
type Fields = Readonly<Record<string, Writable>>;

function info(fields: Fields = {}): Fields {
  return {
    length: 40 * kib,
    name: 'film.mp4',
    'piece length': 16 * kib,
    pieces: Buffer.alloc(60),
    ...fields,
  };
}

function torrent(fields: Fields = {}, outer: Fields = {}): Buffer {
  return bencode({ ...outer, info: info(fields) });
}

function withFiles(files: Writable, pieces = 3): Buffer {
  const { length: _length, ...rest } = info({ files, pieces: Buffer.alloc(20 * pieces) });
  return bencode({ info: rest });
}

function namesOf(path: readonly Writable[]): { name: string; path: string } {
  const [file] = parseTorrentFile(withFiles([{ length: 40 * kib, path: [...path] }])).metadata.files;
  return { name: file?.name ?? '', path: file?.path ?? '' };
}

describe('parseTorrentFile', () => {
  it('reads a single file and hashes the info dictionary as it stands', () => {
    const bytes = torrent({}, { announce: 'udp://tracker.example:6969' });
    expect(parseTorrentFile(bytes)).toMatchObject({
      infoHash: createHash('sha1').update(bencode(info())).digest('hex'),
      announce: ['udp://tracker.example:6969'],
      metadata: {
        name: 'film.mp4',
        length: 40 * kib,
        pieceLength: 16 * kib,
        isPrivate: false,
        files: [{ index: 0, name: 'film.mp4', path: 'film.mp4', length: 40 * kib, offset: 0 }],
      },
    });
  });

  it('reads several files, a private flag and tiers of trackers, and drops addresses that are no trackers', () => {
    const { length: _length, ...rest } = info({
      files: [
        { length: 10 * kib, path: ['a', 'b.mkv'] },
        { length: 0, path: ['empty'] },
        { length: 30 * kib, path: ['c.mkv'] },
      ],
      name: 'Show',
      private: 1,
    });
    const tiers = [
      ['http://a.example/announce', 'file:///etc/passwd'],
      ['http://user:secret@b.example/'],
      'wrong',
      [7],
    ];
    const { metadata, announce } = parseTorrentFile(bencode({ 'announce-list': tiers, info: rest }));
    expect(metadata.isPrivate).toBe(true);
    expect(metadata.files.map(({ path, offset }) => [path, offset])).toEqual([
      ['Show/a/b.mkv', 0],
      ['Show/empty', 10 * kib],
      ['Show/c.mkv', 10 * kib],
    ]);
    expect(announce).toEqual(['http://a.example/announce']);
  });

  it('ignores keys of an unexpected type outside the info dictionary, and bytes after its end', () => {
    const flat = {
      announce: ['http://a.example/'],
      'announce-list': ['http://b.example/', ['http://c.example/'], 7],
    };
    const bytes = torrent({}, { ...flat, 'created by': 7, 'creation date': 'today', 'url-list': { a: 1 } });
    const parsed = parseTorrentFile(Buffer.concat([bytes, Buffer.from('\r\n<html>')]));
    expect(parsed).toMatchObject({
      announce: ['http://a.example/', 'http://b.example/', 'http://c.example/'],
      webSeeds: [],
    });
    expect(Buffer.from(parsed.bytes)).toEqual(bytes);
    expect(parseTorrentFile(torrent({ name: 7 }, { announce: 7 })).metadata.name).toBe('unnamed');
  });

  it('T06 reads 10,000 files with their attributes, and marks padding (BEP 47)', () => {
    const files = Array.from({ length: 5_000 }, (_, n) => [
      { attr: 'x', length: 4, md5sum: 'a'.repeat(32), mtime: 1, path: ['Show', `${n}.mkv`] },
      n % 2 === 0
        ? { attr: 'p', length: 4, path: ['.pad', 'x.mkv'] }
        : { length: 4, path: ['_____padding_file_1.mkv'] },
    ]).flat();
    const { metadata } = parseTorrentFile(withFiles(files));
    expect(metadata.files).toHaveLength(10_000);
    expect(metadata.files.slice(0, 4).map(({ isPadding }) => isPadding)).toEqual([
      undefined,
      true,
      undefined,
      true,
    ]);
    expect(() => parseTorrentFile(withFiles([...files, { length: 4, path: ['a'] }]))).toThrow('10,000 files');
  });

  it.each<[string, Buffer]>([
    ['T05 a length of 2^40 with one hash', torrent({ length: 2 ** 40, pieces: Buffer.alloc(20) })],
    ['T05 a length of 2^53', torrent({ length: 2 ** 53 - 1 })],
    ['T05 a negative length', torrent({ length: -1 })],
    ['T05 a length that is no number', torrent({ length: 'long' })],
    ['T05 one hash too few', torrent({ pieces: Buffer.alloc(40) })],
    ['T05 one hash too many', torrent({ pieces: Buffer.alloc(80) })],
    ['T05 half a hash', torrent({ pieces: Buffer.alloc(50) })],
    [
      'T05 lengths that add up beyond 2^53',
      withFiles([
        { length: 2 ** 53 - 1, path: ['a'] },
        { length: 2, path: ['b'] },
      ]),
    ],
    [
      'T06 30,000 files',
      withFiles(Array.from({ length: 30_000 }, (_, n) => ({ length: 1, path: [`${n}`] }))),
    ],
    [
      'T06 more than 2^17 pieces',
      torrent({ length: 2 ** 17 * 16 * kib + 1, pieces: Buffer.alloc(20 * (2 ** 17 + 1)) }),
    ],
    ['T06 a file larger than 4 MiB', torrent({ name: 'x'.repeat(torrentFileLimitBytes) })],
    ['T07 a piece length of 0', torrent({ 'piece length': 0 })],
    ['T07 a piece length of 1', torrent({ 'piece length': 1 })],
    ['T07 a piece length of 2^40', torrent({ 'piece length': 2 ** 40 })],
    ['T08 nesting', Buffer.from(`d4:info${'l'.repeat(100)}${'e'.repeat(100)}e`)],
    ['an empty torrent', torrent({ length: 0, pieces: Buffer.alloc(0) })],
    ['no files', withFiles([])],
    ['a path that is no list', withFiles([{ length: 40 * kib, path: 'a' }])],
    ['an empty path', withFiles([{ length: 40 * kib, path: [] }])],
    ['no info dictionary', bencode({ announce: 'http://a.example/' })],
    ['a list', bencode([1])],
    ['HTML', Buffer.from('<!doctype html>')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s, at once', (_name, bytes) => {
    const started = performance.now();
    expect(() => parseTorrentFile(bytes)).toThrow(TorrentInvalidError);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('says that BitTorrent v2 alone is not supported', () => {
    const v2 = { 'meta version': 2, name: 'film', 'piece length': 16 * kib, 'file tree': {} };
    expect(() => parseTorrentFile(bencode({ info: v2 }))).toThrow('v2');
  });

  it('T07 takes any whole number from 16 KiB to 64 MiB as piece length, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer(),
          fc.nat(40).map((n) => 2 ** n),
          fc.integer({ min: 16 * kib - 2, max: 64 * kib * kib + 2 }),
        ),
        (pieceLength) => {
          const good = pieceLength >= 16 * kib && pieceLength <= 64 * kib * kib;
          const pieces = good ? Buffer.alloc(20 * Math.ceil((40 * kib) / pieceLength)) : Buffer.alloc(60);
          const parse = () => parseTorrentFile(torrent({ 'piece length': pieceLength, pieces }));
          if (good) expect(parse().metadata.pieceLength).toBe(pieceLength);
          else expect(parse).toThrow(TorrentInvalidError);
        },
      ),
    );
  });

  it.each<[string, Writable[], string]>([
    ['parents', ['..', '..', 'etc', 'passwd'], 'film.mp4/_/_/etc/passwd'],
    ['absolute', ['/etc/passwd'], 'film.mp4/_etc_passwd'],
    ['backslashes', ['..\\..\\x'], 'film.mp4/.._.._x'],
    ['NUL and newline', ['a\0b\nc'], 'film.mp4/abc'],
    ['right-to-left override', ['film\u202egpj.exe'], 'film.mp4/filmgpj.exe'],
    ['empty', [''], 'film.mp4/_'],
    ['dots only', ['...'], 'film.mp4/_'],
    ['not UTF-8', [Buffer.from([0xff, 0x61])], 'film.mp4/\ufffda'],
    ['a number', [7], 'film.mp4/_'],
  ])('neutralises %s in names (T09)', (_name, path, expected) => {
    expect(namesOf(path).path).toBe(expected);
  });

  it('cuts names at 255 characters (T09)', () => {
    expect(namesOf(['x'.repeat(400)]).name).toHaveLength(255);
  });

  it('answers any mutation with metadata within the limits or TorrentInvalidError (T05, T06, T08)', () => {
    const base = torrent();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (edits) => {
          const bytes = Buffer.from(base);
          for (const [at, byte] of edits) bytes[at] = byte;
          try {
            const { metadata } = parseTorrentFile(bytes);
            expect(Math.ceil(metadata.length / metadata.pieceLength)).toBeLessThanOrEqual(2 ** 17);
          } catch (error) {
            if (!(error instanceof TorrentInvalidError)) throw error;
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('parseInfoDict', () => {
  it('takes metadata only with the hash that was asked for (T03)', () => {
    const bytes = bencode(info());
    const infoHash = createHash('sha1').update(bytes).digest('hex');
    expect(parseInfoDict(bytes, infoHash).name).toBe('film.mp4');
    expect(() => parseInfoDict(bytes, 'a'.repeat(40))).toThrow('another torrent');
  });
});
