import { describe, expect, it } from '@jest/globals';
import { choosePlayableFile, mimeTypeOf, partsOf } from './playable-file.js';
import { TorrentUnplayableError } from './torrent.errors.js';

function files(...entries: [path: string, length: number][]) {
  return {
    files: entries.map(([path, length], index) => ({
      index,
      name: path.split('/').at(-1) ?? path,
      path,
      length,
      offset: 0,
    })),
  };
}

describe('choosePlayableFile', () => {
  it('takes the largest video, whatever else is larger', () => {
    expect(
      choosePlayableFile(files(['a.mkv', 5], ['b.mp4', 7], ['extras.zip', 100], ['setup.exe', 100])).index,
    ).toBe(1);
  });

  it.each(['VOB', 'divx', 'rmvb', 'mk3d', 'ogm', 'asf', 'f4v'])('takes .%s for a video', (extension) => {
    expect(choosePlayableFile(files([`Film.${extension}`, 5], ['about.txt', 9])).index).toBe(0);
    expect(mimeTypeOf(`Film.${extension}`)).toMatch(/^(video\/|application\/vnd\.rn-realmedia)/);
  });

  it('never takes padding, not even when it is asked for', () => {
    const { files: list } = files(['.pad/9.mkv', 9], ['Film.mkv', 5]);
    const padded = { files: list.map((file) => ({ ...file, isPadding: file.index === 0 })) };
    expect(choosePlayableFile(padded).index).toBe(1);
    expect(() => choosePlayableFile(padded, 0)).toThrow('padding');
  });

  it.each([
    [
      ['I/Film.mpeg', 1_100],
      ['I/Film.mp4', 380],
      ['I/Film_512kb.mp4', 190],
      ['I/Film.ogv', 185],
    ],
    [
      ['I/Film.avi', 700],
      ['I/Film.ia.mp4', 300],
      ['I/Other.mp4', 400],
    ],
  ] as [string, number][][])('takes what browsers open, of one film in several formats: %j', (...entries) => {
    expect(choosePlayableFile(files(...entries)).index).toBe(1);
  });

  it('takes no taste of a film for the film', () => {
    expect(choosePlayableFile(files(['film.mkv', 8_000], ['film.mp4', 100])).index).toBe(0);
  });

  it('passes over samples', () => {
    expect(choosePlayableFile(files(['Sample/film-sample.mkv', 9], ['film.mkv', 5])).index).toBe(1);
    expect(choosePlayableFile(files(['The Sampler.mkv', 5])).index).toBe(0);
    expect(() => choosePlayableFile(files(['film.sample.mkv', 9]))).toThrow('sample');
  });

  it('F54 plays the first part of a film on two discs, and knows of both', () => {
    const discs = files(['F/CD1/film.cd1.avi', 5], ['F/CD2/film.cd2.avi', 9], ['F/CD1/film.cd1.srt', 1]);
    const film = choosePlayableFile(discs);
    expect(film.index).toBe(0);
    expect(partsOf(discs.files, film).map(({ index }) => index)).toEqual([0, 1]);
    const sequels = files(['F/Film Part 1.mkv', 5], ['F/Film Part 2.mkv', 9]);
    expect(choosePlayableFile(sequels).index).toBe(1);
    expect(partsOf(sequels.files, choosePlayableFile(sequels))).toEqual([]);
  });

  it('passes over extras by their folders and names, not by words of a title', () => {
    expect(choosePlayableFile(files(['F/Extras/talk.mkv', 9], ['F/film.mkv', 5])).index).toBe(1);
    expect(
      choosePlayableFile(files(['F/Film (2001) Making of.mkv', 9], ['F/Film (2001).mkv', 5])).index,
    ).toBe(1);
    expect(choosePlayableFile(files(['F/Film-trailer.mkv', 9], ['F/Film.mkv', 5])).index).toBe(1);
    expect(choosePlayableFile(files(['Trailer Park 2001.mkv', 9], ['Other 2001.mkv', 5])).index).toBe(0);
    expect(choosePlayableFile(files(['Sample.People.2000.mkv', 9])).index).toBe(0);
    expect(choosePlayableFile(files(['F/Extras/one.mkv', 5], ['F/Extras/two.mkv', 9])).index).toBe(1);
  });

  it('takes the file asked for, if it is a video', () => {
    const pack = files(['1.mkv', 5], ['2.mkv', 9], ['readme.txt', 3]);
    expect(choosePlayableFile(pack, 0).index).toBe(0);
    expect(() => choosePlayableFile(pack, 2)).toThrow('no video');
    expect(() => choosePlayableFile(pack, 3)).toThrow('no file 3');
  });

  it.each([
    ['a program in disguise', 'film.mp4.exe', 9],
    ['an archive', 'film.rar', 9],
    ['a file without extension', 'film', 9],
    ['an empty video', 'film.mp4', 0],
    ['an extension that every object has', 'film.constructor', 9],
  ])('refuses %s (T22)', (_name, path, length) => {
    expect(() => choosePlayableFile(files([path, length]))).toThrow(TorrentUnplayableError);
  });
});

describe('mimeTypeOf', () => {
  it.each([
    ['a.MP4', 'video/mp4'],
    ['a.m4v', 'video/mp4'],
    ['a.webm', 'video/webm'],
    ['a.b.mkv', 'video/x-matroska'],
    ['a.mov', 'video/quicktime'],
    ['a.avi', 'video/x-msvideo'],
    ['a.ts', 'video/mp2t'],
    ['a.txt', 'application/octet-stream'],
  ])('%s is %s', (name, type) => {
    expect(mimeTypeOf(name)).toBe(type);
  });
});
