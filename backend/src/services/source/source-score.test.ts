import { describe, expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { parseReleaseName } from './release-name/release-name.js';
import {
  anyViewer,
  compareScored,
  defaultCapabilities,
  type ScoredRelease,
  scoreRelease,
  secondsToStart,
  type Viewer,
} from './source-score.js';

const release: ScoredRelease & { title: string } = {
  infoHash: 'a'.repeat(40),
  title: 'Sintel (2010) 1080p WEB x264 AAC 5.1',
  resolution: '1080p',
  videoCodec: 'h264',
  audioCodec: 'aac',
  releaseType: 'web',
  sizeBytes: 1e9,
  seeders: 37,
  webSeeds: [],
  isDescribed: false,
};
const film = { runtimeSeconds: 3_600, originalLanguage: 'en' };

type Change = Partial<ScoredRelease & { title: string }>;
const score = (change: Change = {}, viewer: Partial<Viewer> = {}) => {
  const changed = { ...release, ...change };
  return scoreRelease(changed, parseReleaseName(changed.title), film, { ...anyViewer, ...viewer });
};
const better = (a: Change, b: Change, viewer: Partial<Viewer> = {}) => {
  expect(score(a, viewer).score).toBeGreaterThan(score(b, viewer).score);
};

describe('scoreRelease', () => {
  it('says why', () => {
    expect(score().reasons).toEqual(['1080p', 'plays directly', '37 seeders', 'starts in about 2 s']);
    expect(score({ isDescribed: true, seeders: 214 }).reasons).toEqual([
      '1080p',
      'plays directly',
      '214 seeders',
      'starts in about 1 s',
    ]);
    expect(score({ seeders: 1 }).reasons).toContain('1 seeder');
    expect(score({ seeders: 0 }).reasons).toContain('no seeders seen');
    expect(score({ seeders: null }).reasons).toContain('seeders not counted yet');
    expect(score({ videoCodec: 'hevc' }).reasons).toContain('this browser cannot play HEVC video');
    expect(score({ audioCodec: 'dts' }).reasons).toContain('this browser cannot play DTS sound');
    expect(score({ title: 'Sintel.2010.mkv' }).reasons).toContain('this browser cannot open mkv files');
    expect(score({ title: 'Sintel.2010.1080p.Hi10P.x264' }).reasons).toContain(
      'this browser cannot play H.264 of 10 bits',
    );
    expect(score({ title: 'Sintel (2010) 3D' }).reasons).toContain('3D, needs glasses');
    expect(score({ releaseType: 'cam' }).reasons).toContain('filmed in a cinema');
    expect(score({ sizeBytes: 1000 }).reasons).toContain('too small to be a film');
    expect(score({ sizeBytes: 72e9 }).reasons).toContain('very large, 72 GB');
  });

  it('goes by the name where the indexer does not tell', () => {
    const untold = { resolution: null, videoCodec: null, audioCodec: null, releaseType: null };
    expect(score(untold)).toEqual(score());
    expect(score({ ...untold, title: 'Sintel.2010.720p.BluRay.x265.DTS' }).reasons).toContain(
      'this browser cannot play HEVC video',
    );
  });

  it('claims no direct play while a codec is unknown', () => {
    const unknown = { audioCodec: null, title: 'Sintel (2010)' };
    expect(score(unknown).reasons).not.toContain('plays directly');
    better({}, unknown);
    better({ videoCodec: null, title: 'Sintel (2010)' }, { videoCodec: 'hevc' });
  });

  it('puts dead swarms last, whatever else speaks for them', () => {
    const poor = {
      seeders: 1,
      resolution: '480p',
      videoCodec: 'hevc',
      title: 'Sintel (2010) 3D FRENCH',
      releaseType: 'cam',
      sizeBytes: 72e9,
    };
    better(poor, { seeders: 0 }, { bitsPerSecond: 1e6, maxLines: 360 });
    better({ seeders: null, resolution: '360p', videoCodec: 'hevc' }, { seeders: 0 });
  });

  it('takes a server that has it all for a living swarm', () => {
    better({ seeders: 0, webSeeds: ['https://films.example/'] }, { seeders: 1, resolution: '720p' });
    expect(score({ seeders: null, webSeeds: ['https://films.example/'] }).reasons).toContain(
      'from a server that has it all',
    );
  });

  it('puts what the client cannot decode behind what it can, whatever the swarm', () => {
    better({ seeders: 1, resolution: '480p' }, { seeders: 5_000, resolution: '2160p', videoCodec: 'hevc' });
    better({ seeders: 1, resolution: '480p' }, { seeders: 5_000, audioCodec: 'dts' });
    better({ seeders: null, resolution: '480p' }, { seeders: 5_000, audioCodec: 'dts' });
    better({ audioCodec: 'dts' }, { videoCodec: 'hevc' });
    const hevc = { capabilities: { ...defaultCapabilities, videoCodecs: ['h264', 'hevc'] } };
    expect(score({ videoCodec: 'hevc' }, hevc).score).toBe(score({}, hevc).score);
  });

  it('then weighs resolution, and seeders by their magnitude', () => {
    better({ resolution: '1080p' }, { resolution: '720p' });
    better({ resolution: '720p' }, { resolution: '480p' });
    better({ resolution: '480p' }, { resolution: '360p' });
    better({ seeders: 200 }, { seeders: 20 });
    better({ resolution: '720p', seeders: 100 }, { resolution: '1080p', seeders: 2 });
    better({ resolution: '1080p', seeders: 100 }, { resolution: '720p', seeders: 200 });
  });

  it('prefers the language of the viewer, else the original one', () => {
    const dubbed = { title: 'Sintel.2010.FRENCH.1080p.WEB.x264' };
    better({}, dubbed);
    expect(score(dubbed).reasons).toContain('in French');
    better(dubbed, {}, { language: 'fr' });
    better({ title: 'Sintel.2010.MULTi.1080p.WEB.x264' }, dubbed);
    better({ title: 'Sintel.2010.MULTi.1080p.WEB.x264' }, {}, { language: 'fr' });
  });

  it('prefers what the connection carries and what the viewer wants to see', () => {
    const heavy = { sizeBytes: 9e9, resolution: '2160p' };
    better({ resolution: '720p' }, heavy, { bitsPerSecond: 10e6 });
    expect(score(heavy, { bitsPerSecond: 10e6 }).reasons).toContain(
      'needs 20 Mbit/s, more than this connection has',
    );
    expect(score(heavy, { bitsPerSecond: 100e6 }).reasons.join()).not.toContain('Mbit/s');
    better({ resolution: '720p' }, { resolution: '1080p' }, { maxLines: 720 });
  });

  it('holds 3D, cinema recordings and odd sizes against a release, and prefers the repaired and the described one', () => {
    better({ resolution: '480p' }, { title: 'Sintel (2010) 1080p 3D' });
    better({ resolution: '480p' }, { releaseType: 'cam' });
    better({}, { releaseType: 'screener' });
    better({}, { sizeBytes: 1000 });
    better({}, { sizeBytes: 72e9 });
    better({ title: 'Sintel (2010) REPACK 1080p' }, {});
    better({ isDescribed: true }, {});
  });
});

describe('secondsToStart', () => {
  it('promises nothing of a swarm that was not counted or has nobody', () => {
    expect(secondsToStart({ ...release, seeders: null })).toBeNull();
    expect(secondsToStart({ ...release, seeders: 0 })).toBeNull();
  });

  it('is sooner with more seeders and a list of files', () => {
    const at = (seeders: number, isDescribed: boolean) =>
      secondsToStart({ ...release, seeders, isDescribed });
    expect([at(100, true), at(100, false), at(6, true), at(1, false)]).toEqual([1, 2, 2, 6]);
  });
});

describe('compareScored', () => {
  it('is a total order: the same list comes out however it went in', () => {
    const hash = fc.stringMatching(/^[0-9a-f]{40}$/);
    const any = fc.record({
      infoHash: hash,
      seeders: fc.constantFrom(null, 0, 1, 100),
      resolution: fc.constantFrom(null, '720p', '1080p'),
      videoCodec: fc.constantFrom(null, 'h264', 'hevc'),
      title: fc.constantFrom('Sintel (2010)', 'Sintel.2010.FRENCH.720p', 'Sintel.2010.REPACK.mkv'),
      sizeBytes: fc.constantFrom(null, 1, 1e9, 90e9),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(any, { selector: (one) => one.infoHash }),
        fc.func(fc.integer()),
        fc.constantFrom(null, 'fr'),
        (changes, shuffle, language) => {
          const rank = (list: typeof changes) =>
            list
              .map((change) => ({ ...change, ...score(change, { language, bitsPerSecond: 8e6 }) }))
              .sort(compareScored)
              .map(({ infoHash }) => infoHash);
          const shuffled = [...changes].sort((a, b) => shuffle(a.infoHash) - shuffle(b.infoHash));
          expect(rank(shuffled)).toEqual(rank(changes));
        },
      ),
    );
  });
});
