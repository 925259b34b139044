import { describe, expect, it } from '@jest/globals';
import type { PlaybackState } from '../../api/types.js';
import { findProblem } from './problems.js';

const calm = { error: null, noPicture: false, started: true, waiting: false };
const state = (stage: PlaybackState['stage'], message = ''): PlaybackState => ({
  id: 'p',
  mediaId: null,
  season: null,
  episode: null,
  title: 'Sintel',
  stage,
  message,
  elapsedSeconds: 0,
  peers: 0,
  webSeeds: 0,
  downloadBytesPerSecond: 0,
  uploadBytesPerSecond: 0,
  file: null,
  downloadedBytes: 0,
  downloadedRanges: [],
  swarm: { seeders: 0, willing: 0, silent: 0, incoming: 0 },
  runwaySeconds: null,
  lengthDoubt: null,
  verdict: null,
  alternatives: [],
});

describe('findProblem', () => {
  it('sees none while all goes well, a stall included', () => {
    expect(
      findProblem({ error: null, state: state('stalled'), media: { ...calm, waiting: true } }),
    ).toBeNull();
  });

  it('lets the buffer run out before a failed engine stops the film', () => {
    const failed = state('failed', 'The disk is full.');
    expect(findProblem({ error: null, state: failed, media: calm })).toBeNull();
    expect(
      findProblem({ error: null, state: failed, media: { ...calm, waiting: true } })?.error.message,
    ).toBe('The disk is full.');
  });

  it('says why the browser gave up', () => {
    const media = { ...calm, error: { code: 3, message: 'PIPELINE_ERROR_DECODE' } };
    expect(findProblem({ error: null, state: null, media })?.error.message).toBe(
      'The browser cannot decode this file. (PIPELINE_ERROR_DECODE)',
    );
  });

  it('notices sound without a picture, of which browsers do not complain', () => {
    expect(findProblem({ error: null, state: null, media: { ...calm, noPicture: true } })?.title).toBe(
      'There is sound but no picture',
    );
  });
});
