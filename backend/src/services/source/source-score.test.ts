import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareScored, defaultCapabilities, type ScoredRelease, scoreRelease } from './source-score.js';

const release: ScoredRelease = {
  infoHash: 'a'.repeat(40),
  title: 'Sintel (2010) 1080p WEB x264 AAC 5.1',
  resolution: '1080p',
  videoCodec: 'h264',
  audioCodec: 'aac',
  releaseType: 'web',
  sizeBytes: 1e9,
  seeders: 37,
};

const score = (change: Partial<ScoredRelease> = {}, capabilities = defaultCapabilities) =>
  scoreRelease({ ...release, ...change }, capabilities);
const better = (a: Partial<ScoredRelease>, b: Partial<ScoredRelease>) => {
  expect(score(a).score).toBeGreaterThan(score(b).score);
};

describe('scoreRelease', () => {
  it('says why', () => {
    expect(score().reasons).toEqual(['1080p', 'plays directly in this browser', '37 seeders']);
    expect(score({ seeders: 1 }).reasons).toContain('1 seeder');
    expect(score({ seeders: 0 }).reasons).toContain('no seeders seen');
    expect(score({ seeders: null }).reasons).toContain('seeders not counted yet');
    expect(score({ videoCodec: 'hevc' }).reasons).toContain('this browser cannot play HEVC video');
    expect(score({ audioCodec: 'dts' }).reasons).toContain('this browser cannot play DTS sound');
    expect(score({ title: 'Sintel.2010.mkv' }).reasons).toContain('this browser cannot open mkv files');
    expect(score({ title: 'Sintel (2010) 3D' }).reasons).toContain('3D, needs glasses');
    expect(score({ releaseType: 'cam' }).reasons).toContain('filmed in a cinema');
    expect(score({ sizeBytes: 1000 }).reasons).toContain('too small to be a film');
    expect(score({ sizeBytes: 72e9 }).reasons).toContain('very large, 72 GB');
  });

  it('claims no direct play while a codec is unknown', () => {
    expect(score({ audioCodec: null }).reasons).not.toContain('plays directly in this browser');
    better({}, { audioCodec: null });
    better({ videoCodec: null }, { videoCodec: 'hevc' });
  });

  it('puts dead swarms last, whatever else speaks for them', () => {
    better(
      {
        seeders: 1,
        resolution: '480p',
        videoCodec: 'hevc',
        title: 'Sintel (2010) 3D',
        releaseType: 'cam',
        sizeBytes: 72e9,
      },
      { seeders: 0 },
    );
    better({ seeders: null, resolution: '360p', videoCodec: 'hevc' }, { seeders: 0 });
  });

  it('puts what the client cannot decode behind what it can, whatever the swarm', () => {
    better({ seeders: 1, resolution: '480p' }, { seeders: 5_000, resolution: '2160p', videoCodec: 'hevc' });
    better({ seeders: 1, resolution: '480p' }, { seeders: 5_000, audioCodec: 'dts' });
    better({ audioCodec: 'dts' }, { videoCodec: 'hevc' });
    const hevc = { ...defaultCapabilities, videoCodecs: ['h264', 'hevc'] };
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

  it('holds 3D, cinema recordings and odd sizes against a release, and prefers the repaired one', () => {
    better({ resolution: '480p' }, { title: 'Sintel (2010) 1080p 3D' });
    better({ resolution: '480p' }, { releaseType: 'cam' });
    better({}, { sizeBytes: 1000 });
    better({}, { sizeBytes: 72e9 });
    better({ title: 'Sintel (2010) REPACK 1080p' }, {});
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
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(any, { selector: (one) => one.infoHash }),
        fc.func(fc.integer()),
        (changes, shuffle) => {
          const rank = (list: typeof changes) =>
            list
              .map((change) => ({ ...change, ...score(change) }))
              .sort(compareScored)
              .map(({ infoHash }) => infoHash);
          const shuffled = [...changes].sort((a, b) => shuffle(a.infoHash) - shuffle(b.infoHash));
          expect(rank(shuffled)).toEqual(rank(changes));
        },
      ),
    );
  });
});
