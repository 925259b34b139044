import { describe, expect, it } from '@jest/globals';
import { HttpClient } from '../http-client/http-client.js';
import { silentLogger } from '../logging/logger.js';
import { createTrackers } from './index.js';

describe('createTrackers', () => {
  const create = (ytsApiUrls: string[]) => {
    const providers: string[] = [];
    const trackers = createTrackers({ ytsApiUrls }, (provider) => {
      providers.push(provider);
      return new HttpClient({ provider, userAgent: 'Kinora/test', logger: silentLogger() });
    });
    return { names: trackers.map(({ name }) => name), providers };
  };

  it('has only openly licensed films on by default', () => {
    expect(create([])).toEqual({ names: ['Open films'], providers: [] });
  });

  it('has a client of its own for each mirror of a configured service', () => {
    expect(create(['http://a.example/api/v2', 'http://b.example/api/v2'])).toEqual({
      names: ['YTS', 'Open films'],
      providers: ['YTS', 'YTS'],
    });
  });
});
