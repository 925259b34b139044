import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseReleaseName, type ReleaseName } from './release-name.js';

describe('parseReleaseName', () => {
  it.each<[string, Partial<ReleaseName>]>([
    [
      'Big.Buck.Bunny.2008.1080p.BluRay.x264.AAC5.1-PEACH.mkv',
      {
        resolution: '1080p',
        videoCodec: 'h264',
        audioCodec: 'aac',
        audioChannels: '5.1',
        releaseType: 'bluray',
        container: 'mkv',
        group: 'PEACH',
        is3d: false,
        isRepack: false,
      },
    ],
    [
      'Sintel (2010) 2160p UHD BDRemux HEVC TrueHD 7.1',
      {
        resolution: '2160p',
        videoCodec: 'hevc',
        audioCodec: 'truehd',
        audioChannels: '7.1',
        releaseType: 'bluray',
      },
    ],
    [
      'Tears.of.Steel.2012.REPACK.720p.WEB-DL.DDP5.1.H.264-MANGO',
      {
        resolution: '720p',
        videoCodec: 'h264',
        audioCodec: 'eac3',
        audioChannels: '5.1',
        releaseType: 'web',
        group: 'MANGO',
        isRepack: true,
      },
    ],
    [
      'Charade.1963.DVDRip.XviD.AC3',
      { resolution: null, videoCodec: 'mpeg4', audioCodec: 'ac3', releaseType: 'dvd' },
    ],
    ['Cosmos Laundromat (2015) 3D HSBS 1080p', { is3d: true, resolution: '1080p' }],
    [
      'Sintel.2010.4K.AV1.Opus.webm',
      { resolution: '2160p', videoCodec: 'av1', audioCodec: 'opus', container: 'webm' },
    ],
    [
      'Sintel.2010.1080p.WEB.h265.DTS-HD.MA.5.1',
      { videoCodec: 'hevc', audioCodec: 'dts', audioChannels: '5.1' },
    ],
    ['Some.Film.2011.HDCAM.x264', { releaseType: 'cam' }],
    [
      'Sintel (2010) 1080p WEB x264 AAC 5.1',
      { resolution: '1080p', releaseType: 'web', audioChannels: '5.1' },
    ],
    ['Sintel', { resolution: null, videoCodec: null, audioCodec: null, releaseType: null, group: null }],
    ['', { resolution: null, container: null }],
  ])('%s', (name, expected) => {
    expect(parseReleaseName(name)).toMatchObject(expected);
  });

  it('takes no word of the title for a mark', () => {
    expect(parseReleaseName('The.Cam.Web.3D.Blues.1999.720p')).toMatchObject({
      releaseType: null,
      is3d: false,
      resolution: '720p',
    });
    expect(parseReleaseName('1917.2019.1080p')).toMatchObject({ resolution: '1080p' });
    expect(parseReleaseName('Blade.of.Rebirth.2012')).toMatchObject({ releaseType: null, videoCodec: null });
  });

  it('is quick about hostile names (T51)', () => {
    const hostile = [
      'web-'.repeat(10_000),
      'dd'.repeat(10_000),
      '2010.'.repeat(5_000),
      `${'['.repeat(10_000)}-x`,
      '-a'.repeat(10_000),
      'dts-hd-ma '.repeat(3_000),
    ];
    for (const name of hostile) {
      const start = performance.now();
      parseReleaseName(name);
      expect(performance.now() - start).toBeLessThan(20);
    }
    fc.assert(fc.property(fc.string({ maxLength: 500 }), (name) => void parseReleaseName(name)));
  });
});
