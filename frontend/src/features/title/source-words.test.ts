import { describe, expect, it } from '@jest/globals';
import type { Source } from '../../api/types.js';
import { sortSources, sourceFacts, sourcePromise, whyNoSources } from './source-words.js';

const source = (id: string, facts: Partial<Source> = {}): Source => ({
  id,
  indexer: 'YTS',
  indexers: ['YTS'],
  title: id,
  infoHash: '0'.repeat(40),
  resolution: null,
  sizeBytes: null,
  seeders: null,
  leechers: null,
  videoCodec: null,
  audioCodec: null,
  score: 0,
  reasons: [],
  ...facts,
});

describe('sourceFacts', () => {
  it('says what is known and nothing of the rest', () => {
    expect(sourceFacts(source('a', { resolution: '1080p', sizeBytes: 1_400_000_000, seeders: 1 }))).toBe(
      '1080p, 1.4 GB, 1 seeder',
    );
    expect(sourceFacts(source('b'))).toBe('');
  });
});

describe('sourcePromise', () => {
  it('gives the reasons of the server, and the size when it is known', () => {
    const reasons = ['1080p', '3 seeders'];
    expect(sourcePromise(source('a', { reasons, sizeBytes: 1_400_000_000 }))).toBe(
      '1080p, 3 seeders, 1.4 GB',
    );
    expect(sourcePromise(source('b', { reasons: ['seeders not counted yet'] }))).toBe(
      'Seeders not counted yet',
    );
  });
});

describe('sortSources', () => {
  const list = [
    source('a', { resolution: '720p', seeders: 3 }),
    source('b', { sizeBytes: 5 }),
    source('c', { resolution: '2160p', seeders: 1, sizeBytes: 9 }),
  ];
  const order = (key: Parameters<typeof sortSources>[1]) => sortSources(list, key).map(({ id }) => id);

  it('keeps the order of the server for best', () => {
    expect(order('best')).toEqual(['a', 'b', 'c']);
  });

  it('puts the most first and the unknown last', () => {
    expect(order('quality')).toEqual(['c', 'a', 'b']);
    expect(order('size')).toEqual(['c', 'b', 'a']);
    expect(order('seeders')).toEqual(['a', 'c', 'b']);
  });
});

describe('whyNoSources', () => {
  const ok = { name: 'YTS', state: 'ok' as const, ok: true, message: null, results: 0, ms: 10 };
  const down = {
    name: 'Other',
    state: 'failed' as const,
    ok: false,
    message: 'no answer within 5 s',
    results: null,
    ms: 5_000,
  };

  it('tells the three reasons apart', () => {
    const title = (indexers: (typeof ok | typeof down)[]) =>
      whyNoSources({ items: [], indexers, refused: [], notes: [], done: true }).title;
    expect(title([])).toBe('No indexer is configured');
    expect(title([down])).toBe('The indexer did not answer');
    expect(title([ok])).toBe('No release found');
    expect(title([ok, down])).toBe('No release found');
  });
});
