import { describe, expect, it } from '@jest/globals';
import type { WantedEpisode } from '../indexer.port.js';
import { isLengthPlausible, pickFile } from './pick-file.js';

const episode = (season: number, number: number, more: Partial<WantedEpisode> = {}): WantedEpisode => ({
  season,
  number,
  absolute: null,
  airDate: null,
  ...more,
});

/** Of these paths; the later the larger, unless a length is told behind a `=`. */
function pick(paths: readonly string[], wanted: WantedEpisode | null = null): string {
  const files = paths.map((text, index) => {
    const [path = '', length] = text.split('=');
    const name = path.split('/').at(-1) ?? '';
    return { index, name, path, length: length === undefined ? 1_000 + index : Number(length), offset: 0 };
  });
  const picked = pickFile({ files }, wanted);
  return 'file' in picked ? picked.file.path : `refused: ${picked.refusal}`;
}

describe('pickFile', () => {
  it('takes the largest video of a film, never a sample or an extra', () => {
    expect(pick(['F/film.mkv=500', 'F/short.mkv=100', 'F/film.srt=900'])).toBe('F/film.mkv');
    expect(pick(['F/film.mkv=500', 'F/Sample/film-sample.mkv=900', 'F/Extras/talk.mkv=800'])).toBe(
      'F/film.mkv',
    );
    expect(pick(['F/sample.mkv', 'F/trailer.mp4'])).toBe('refused: it holds only a sample or extras');
  });

  it.each([
    [['F/film.rar', 'F/film.r00'], 'it holds archives instead of a video'],
    [['F/film.mkv.exe'], 'it holds programs instead of a video'],
    [['F/film.rar', 'F/password.txt'], 'it is locked with a password'],
    [['F/sample.mkv', 'F/film.zip', 'F/PASSWORD here.html'], 'it is locked with a password'],
    [['F/readme.txt'], 'it holds no video'],
    [['F/film.mkv=0'], 'it holds no video'],
  ])('says why there is none in %j', (paths, reason) => {
    expect(pick(paths)).toBe(`refused: ${reason}`);
  });

  const pack = [
    'Show/Season 1/Show.S01E01.mkv',
    'Show/Season 1/Show.S01E02.mkv',
    'Show/Season 2/Show.S02E01.mkv',
    'Show/Season 2/Show.S02E02E03.mkv',
  ];

  it('finds an episode in a pack by its season and number, and never takes another', () => {
    expect(pick(pack, episode(1, 2))).toBe(pack[1]);
    expect(pick(pack, episode(2, 1))).toBe(pack[2]);
    expect(pick(pack, episode(2, 3))).toBe(pack[3]);
    expect(pick(pack, episode(2, 4))).toBe('refused: it holds no file of season 2, episode 4');
    expect(pick(pack, episode(3, 1))).toBe('refused: it holds no file of season 3, episode 1');
  });

  it('reads the season from the folder where the name has only a number', () => {
    const numbered = ['S/Season 1/01 - One.mkv', 'S/Season 1/02 - Two.mkv', 'S/Season 2/02 - Other.mkv'];
    expect(pick(numbered, episode(1, 2))).toBe(numbered[1]);
    expect(pick(numbered, episode(2, 2))).toBe(numbered[2]);
    expect(pick(numbered, episode(2, 1))).toBe('refused: it holds no file of season 2, episode 1');
  });

  it('goes by absolute numbers and by days where the files do', () => {
    const absolute = ['S/[OPEN] Show - 16 [1080p].mkv', 'S/[OPEN] Show - 17 [1080p].mkv'];
    expect(pick(absolute, episode(2, 5, { absolute: 17 }))).toBe(absolute[1]);
    expect(pick(absolute, episode(2, 17))).toMatch(/^refused/);
    const daily = ['S/Show.2021.03.04.mkv', 'S/Show.2021.03.05.mkv'];
    expect(pick(daily, episode(2, 5, { airDate: '2021-03-05' }))).toBe(daily[1]);
    expect(pick(daily, episode(2, 5, { airDate: '2021-03-06' }))).toMatch(/^refused/);
  });

  it('believes the release name of a torrent with one file, unless the file says otherwise', () => {
    expect(pick(['video.mkv'], episode(2, 5))).toBe('video.mkv');
    expect(pick(['Show.S02E06.mkv'], episode(2, 5))).toMatch(/^refused/);
    expect(pick(['one.mkv', 'two.mkv'], episode(2, 5))).toMatch(/^refused/);
  });
});

describe('isLengthPlausible', () => {
  it.each<[number, number | null, boolean]>([
    [6_800, null, true],
    [6_800, 0, true],
    [6_528, 6_800, true],
    [7_900, 6_800, true],
    [3_000, 6_800, false],
    [10_000, 6_800, false],
    [1_300, 1_500, true],
    [60, 1_500, false],
  ])('%d seconds of %s: %s', (file, wanted, expected) => {
    expect(isLengthPlausible(file, wanted)).toBe(expected);
  });
});
