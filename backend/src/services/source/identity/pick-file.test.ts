import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
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
function pick(paths: readonly string[], wanted: WantedEpisode | null = null, torrent = ''): string {
  const files = paths.map((text, index) => {
    const [path = '', length] = text.split('=');
    const name = path.split('/').at(-1) ?? '';
    return { index, name, path, length: length === undefined ? 1_000 + index : Number(length), offset: 0 };
  });
  const picked = pickFile({ files, name: torrent }, wanted);
  return 'file' in picked ? picked.file.path : `refused: ${picked.refusal}`;
}

const packSchema = z.array(
  z.object({
    torrent: z.string(),
    files: z.array(z.string()),
    wanted: z
      .object({
        season: z.number(),
        number: z.number(),
        absolute: z.number().nullable(),
        airDate: z.null(),
      })
      .nullable(),
    plays: z.string(),
  }),
);

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

  it('F53 goes by absolute numbers and by days where the files do', () => {
    const absolute = ['S/[OPEN] Show - 16 [1080p].mkv', 'S/[OPEN] Show - 17 [1080p].mkv'];
    expect(pick(absolute, episode(2, 5, { absolute: 17 }))).toBe(absolute[1]);
    expect(pick(absolute, episode(2, 17))).toMatch(/^refused/);
    const daily = ['S/Show.2021.03.04.mkv', 'S/Show.2021.03.05.mkv'];
    expect(pick(daily, episode(2, 5, { airDate: '2021-03-05' }))).toBe(daily[1]);
    expect(pick(daily, episode(2, 5, { airDate: '2021-03-06' }))).toMatch(/^refused/);
  });

  it('plays what it should from every pack that was once read wrongly', () => {
    const packs = packSchema.parse(
      JSON.parse(readFileSync(new URL('./__fixtures__/packs.json', import.meta.url), 'utf8')),
    );
    expect(packs.map(({ torrent, files, wanted }) => pick(files, wanted, torrent))).toEqual(
      packs.map(({ plays }) => plays),
    );
  });

  it('F52 takes nothing from folders of specials and extras, unless a special is wanted', () => {
    const files = ['S/Season 1/01 - One.mkv', 'S/Specials/01 - Making of.mkv', 'S/Season 00/02 - Talk.mkv'];
    expect(pick(files, episode(1, 1))).toBe(files[0]);
    expect(pick(files, episode(1, 2))).toMatch(/^refused/);
    expect(pick(files, episode(0, 1))).toBe(files[1]);
    expect(pick(files, episode(0, 2))).toBe(files[2]);
    expect(pick(['S/OVA/S - 01.mkv', 'S/S - 01.mkv'], episode(1, 1))).toBe('S/S - 01.mkv');
    expect(pick(['S/Season 1 Extras/S01 - 01.mkv', 'S/S01E02.mkv'], episode(1, 1))).toMatch(/^refused/);
    expect(pick(['01.mkv', '02.mkv'], episode(1, 1), 'Show Specials')).toMatch(/^refused/);
  });

  it('takes no word of a title for an extra', () => {
    const files = ['Extras/Extras.S01E01.mkv', 'Extras/Extras.S01E02.The.Trailer.mkv'];
    expect(pick(files, episode(1, 2))).toBe(files[1]);
    expect(pick(['Trailer.Park.S01E01.mkv', 'Trailer.Park.S01E02.mkv'], episode(1, 2))).toBe(
      'Trailer.Park.S01E02.mkv',
    );
    expect(pick(['[OPEN] Show - NCOP1.mkv', '[OPEN] Show - 01.mkv'], episode(1, 1))).toBe(
      '[OPEN] Show - 01.mkv',
    );
  });

  it('reads the season from the torrent where neither name nor folder says it', () => {
    const files = ['01 - One.mkv', '02 - Two.mkv'];
    expect(pick(files, episode(2, 1), 'Show Season 2 1080p')).toBe(files[0]);
    expect(pick(files, episode(1, 1), 'Show Season 2 1080p')).toMatch(/^refused/);
  });

  it('reads a season in front of a number only where the numbers are not counted through', () => {
    const files = ['Show - 205 - Five.mkv', 'Show - 206 - Six.mkv'];
    const wanted = { absolute: 30, episodeCount: 60 };
    expect(pick(files, episode(2, 5, wanted))).toBe(files[0]);
    expect(pick(files, episode(2, 5, { absolute: 30, episodeCount: 900 }))).toMatch(/^refused/);
    expect(pick(files, episode(9, 5, { absolute: 206, episodeCount: 900 }))).toBe(files[1]);
    expect(pick(['Show - 99.mkv', ...files], episode(2, 5, wanted))).toMatch(/^refused/);
    expect(pick(files, episode(1, 5, wanted), 'Show S02')).toMatch(/^refused/);
  });

  it('F53 finds a number that is counted through in the folder of a season, when none fits within it', () => {
    const files = ['S/Season 2/S - 28.mkv', 'S/Season 2/S - 29.mkv'];
    expect(pick(files, episode(2, 3, { absolute: 28 }))).toBe(files[0]);
    expect(pick(files, episode(2, 28, { absolute: 53 }))).toBe(files[0]);
  });

  it('reads parts of a series as its episodes', () => {
    const files = ['Show Part 1 - One.mkv', 'Show Part Two - Two.mkv', 'Show Part III - Three.mkv'];
    expect([1, 2, 3].map((number) => pick(files, episode(1, number, { absolute: number })))).toEqual(files);
    expect(pick(files, episode(2, 1, { absolute: 4 }))).toMatch(/^refused/);
  });

  it('F54 takes the first part of a film on discs, and says how many there are', () => {
    const files = ['CD1/film.cd1.avi', 'CD2/film.cd2.avi'].map((path, index) => ({
      index,
      name: path.slice(4),
      path,
      length: 1_000 + index,
      offset: 0,
    }));
    expect(pickFile({ files }, null)).toMatchObject({ file: { path: 'CD1/film.cd1.avi' }, partCount: 2 });
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
