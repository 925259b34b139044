/**
 * @jest-environment ./src/test/browser-environment.js
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanup, render, screen } from '@testing-library/react';
import type { PlaybackState } from '../../api/types.js';
import { BufferingPanel } from './buffering-panel.js';
import { WaitingPanel } from './waiting-panel.js';

const sentence = 'Paused: tun0 is down or does not exist. It goes on by itself.';
const state: PlaybackState = {
  id: 'a',
  mediaId: null,
  season: null,
  episode: null,
  title: 'Reel',
  stage: 'stalled',
  message: sentence,
  elapsedSeconds: 5,
  peers: 0,
  webSeeds: 0,
  downloadBytesPerSecond: 0,
  uploadBytesPerSecond: 0,
  file: null,
  swarm: { seeders: 0, willing: 0, silent: 0, incoming: 0 },
  runwaySeconds: 0,
  lengthDoubt: null,
  verdict: { cause: 'vpn', message: sentence, evidence: [] },
  alternatives: [],
  downloadedBytes: 0,
  downloadedRanges: [],
};

describe('the player, while the VPN guard pauses a film', () => {
  afterEach(cleanup);

  it('says why before the first picture', () => {
    render(<WaitingPanel title="Reel" state={{ ...state, stage: 'starting' }} actions={null} />);
    expect(screen.getByTestId('stage').textContent).toBe(sentence);
  });

  it.each([
    ['its verdict', state],
    ['its stage alone', { ...state, verdict: null }],
  ])('says why when the film stands still, by %s', (_by, given) => {
    render(<BufferingPanel state={given} />);
    expect(screen.getByRole('status').textContent).toContain(sentence);
  });

  it('says no more of it when the film goes on', () => {
    render(<BufferingPanel state={{ ...state, stage: 'ready', message: 'Playing', verdict: null }} />);
    expect(screen.getByRole('status').textContent).not.toContain('Paused');
  });
});
