import { describe, expect, it } from '@jest/globals';
import { playFacts, serverFacts } from './overview-words.js';

const play = {
  id: '1',
  username: 'ada',
  title: 'Sintel',
  mediaId: null,
  stage: 'ready',
  message: '',
  peers: 1,
  downloadBytesPerSecond: 2_000_000,
  uploadBytesPerSecond: 0,
  elapsedSeconds: 3,
} as const;

describe('the words of the overview', () => {
  it('says how a play does, and no speed that is nil', () => {
    expect(playFacts(play)).toBe('Playing · 1 peer · 2.0 MB/s down');
    expect(playFacts({ ...play, stage: 'stalled', peers: 0, downloadBytesPerSecond: 0 })).toBe(
      'Waiting for data · 0 peers',
    );
  });

  it('says how long the server is up in the unit that fits', () => {
    const at = Date.parse('2026-01-10T00:00:00Z');
    const overview = {
      version: '1.2.3',
      memoryBytes: 150_000_000,
      plays: [],
      concerns: [],
      storage: { totalBytes: 0, limitBytes: 0, freeBytes: 0, minFreeBytes: 0 },
      vpn: { policy: 'off', state: 'off', reason: '' },
    };
    const facts = (startedAt: string) => serverFacts({ ...overview, startedAt }, at);
    expect(facts('2026-01-09T23:59:50Z')).toBe('Kinora 1.2.3, just started, 150 MB of memory');
    expect(facts('2026-01-09T22:30:00Z')).toContain('up for 1 h 30 min');
    expect(facts('2026-01-08T00:00:00Z')).toContain('up for 2 days');
  });
});
