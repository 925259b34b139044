import { describe, expect, it, test } from '@jest/globals';
import { fc } from '../../../test-support/properties.js';
import { corpusFields, fieldAccuracy, releaseCorpus } from '../../../test-support/release-corpus.js';
import { parseReleaseName } from './release-name.js';

/** Least share of names of which a field is right. What is reached is higher: backend/docs/sources.md. */
const floors: Record<string, number> = { t: 0.99, g: 0.98, lang: 0.98, sub: 0.98 };
const usualFloor = 0.99;
const heldOutFloor = 0.95;
/** Languages are written in more ways than are read. */
const realShapesFloors: Record<string, number> = { lang: 0.93 };

describe('parseReleaseName', () => {
  const known = releaseCorpus('by-hand', 'composed');
  const reached = fieldAccuracy(known);
  const heldOut = fieldAccuracy(releaseCorpus('held-out'));
  const realShapes = fieldAccuracy(releaseCorpus('real-shapes'));

  it('is measured on at least 500 names, none of them twice', () => {
    expect(known.length).toBeGreaterThanOrEqual(500);
    expect(new Set(known.map(({ name }) => name)).size).toBe(known.length);
  });

  test.each(Object.keys(corpusFields))('reads the field "%s" as well as promised', (field) => {
    const { share, wrong } = reached[field] ?? { share: 0, wrong: [] };
    const floor = floors[field] ?? usualFloor;
    expect({ met: share >= floor, wrong: share >= floor ? [] : wrong }).toEqual({ met: true, wrong: [] });
    expect(heldOut[field]?.share).toBeGreaterThanOrEqual(heldOutFloor);
    expect(realShapes[field]?.share).toBeGreaterThanOrEqual(realShapesFloors[field] ?? heldOutFloor);
  });

  it('keeps every number of a run', () => {
    expect(parseReleaseName('Open.Reel.Stories.S01E02-E05.720p').episodes).toEqual([2, 3, 4, 5]);
    expect(parseReleaseName('Open Reel Stories Seasons 2-4').seasons).toEqual([2, 3, 4]);
  });

  it.each([
    ['Open.Reel.Stories.S01E05-06-07-08.Title.1080p', [1], [5, 6, 7, 8]],
    ['Open.Reel.Stories.S01E05-1080p', [1], [5]],
    ['Open.Reel.Stories.S01E05-10bit', [1], [5]],
    ['Open Reel Stories [Sezon 3] 1080p', [3], []],
    ['Open Reel Stories S2 [05][1080p]', [2], [5]],
    ['Open Reel Stories S2 [05-06][1080p]', [2], [5, 6]],
    ['Open Reel Stories 2nd Season - 05', [2], [5]],
    ['Open Reel Stories T02E05 720p', [2], [5]],
    ['Open Reel Stories 2. Sezon 5. Bölüm', [2], [5]],
    ['Open Reel Stories Сезон 2. Серия 5', [2], [5]],
    ['胶片 第十二季 第05集', [12], [5]],
    ['Open.Reel.Stories.205.The.Splice.HDTV', [2], [5]],
    ['Open Reel Stories - SP02 [1080p]', [0], [2]],
  ])('reads season and episode of %s', (name, seasons, episodes) => {
    expect(parseReleaseName(name)).toMatchObject({ seasons, episodes });
  });

  it.each([
    ['Open.Reel.Stories.002.1080p', [2]],
    ['Open Reel Stories #05 720p', [5]],
    ['Open.Reel.Stories.3of8.The.Splice.720p', [3]],
    ['[OPEN] Open Reel Stories - 105 [1080p]', [105]],
  ])('reads %s as counted through', (name, absolute) => {
    expect(parseReleaseName(name)).toMatchObject({ seasons: [], absolute });
  });

  it.each([
    ['Late.Ferry.29.Feb.2024.720p', '2024-02-29'],
    ['Late Ferry Feb 29 2024 720p', '2024-02-29'],
    ['Late Ferry February 29th, 2024 720p', '2024-02-29'],
    ['Late.Ferry.24.02.29.720p', '2024-02-29'],
    ['Late Ferry 240229 720p', '2024-02-29'],
    ['Late Ferry 24.13.29 720p', null],
  ])('reads the day of %s', (name, airDate) => {
    expect(parseReleaseName(name).airDate).toBe(airDate);
  });

  it.each([
    ['Open Reel Stories S02 (7) 1080p', true],
    ['Open Reel Stories S02 - Title 7 1080p', true],
    ['Open.Reel.Stories.S02.1080p.5.1.10bit', false],
    ['Open.Reel.Stories.S02.Part.2.1080p', false],
    ['Open Reel Stories S02 24 episodes 720p', false],
    ['Open.Reel.Stories.S01-S03.720p', false],
  ])('says when a number behind a season is not understood: %s', (name, isUnclear) => {
    const { isUnclear: unclear, episodes } = parseReleaseName(name);
    expect(unclear || episodes.length > 0).toBe(isUnclear);
  });

  it.each([
    ['Один / One (Режиссёр) [2017, Drama, BDRip]', ['One', 'Один']],
    ['One.AKA.Eins.2017.1080p', ['One', 'Eins', 'One AKA Eins']],
    ['一番.One.2017.1080p', ['One', '一番', '一番 One']],
    ['[Group][一番][One][05][1080P]', ['一番', 'One']],
    ['Один (2 сезон: 1-8 серии из 8) / One / 2019', ['Один', 'One']],
    ['[ONE].2017.1080p', ['[ONE]']],
    ['One [Remastered] (2017) 1080p', ['One']],
    ['One.Directors.Cut.2017.1080p', ['One']],
    ['One.of.the.Directors.2017.1080p', ['One of the Directors']],
    ['The.Final.Cut.2004.1080p', ['The Final Cut']],
  ])('gives the titles of %s', (name, titles) => {
    expect(parseReleaseName(name).titles).toEqual(expect.arrayContaining(titles));
  });

  it('believes no run of a million episodes', () => {
    expect(parseReleaseName('[A] B - 0001-9999 [720p]').absolute.length).toBeLessThan(2_001);
  });

  it('has an answer for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const { year, episodes } = parseReleaseName(name);
        return (year === null || (year >= 1900 && year < 2100)) && episodes.length <= 2_000;
      }),
    );
  });

  it('takes no longer for hostile names than for long ones', () => {
    const parts = [
      'a',
      '1',
      '.',
      ' ',
      '-',
      '[',
      '(',
      'S01',
      'E01',
      '1x01',
      '2160',
      'DTS',
      'web',
      'season ',
      '19',
      '/',
      'ep',
      '~',
      '第',
      ' - 0',
    ];
    const startedAt = performance.now();
    let count = 0;
    for (const one of parts)
      for (const other of parts) {
        parseReleaseName(`${one}${other}`.repeat(300));
        count++;
      }
    // A quadratic pattern over 300 characters costs milliseconds each; these take a fraction of one.
    expect((performance.now() - startedAt) / count).toBeLessThan(20);
  });
});
