import { describe, expect, it } from '@jest/globals';
import { findRequirements, MissingRequirementError } from './requirements.js';

describe('findRequirements', () => {
  it('passes over a Python without libtorrent', async () => {
    expect(await findRequirements(['false', '/usr/bin/python3'])).toEqual({ python: '/usr/bin/python3' });
  });

  it('names every missing package and how to install it', async () => {
    const error: unknown = await findRequirements(['no-such-python'], 'no-such-ffmpeg').catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(MissingRequirementError);
    expect(String(error)).toContain('sudo apt-get install ffmpeg python3-libtorrent');
  });
});
