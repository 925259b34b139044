import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { crc32Of } from './crc32.js';
import { drawPicture } from './picture.js';

describe('crc32Of', () => {
  it('gives the published check value', () => {
    expect(crc32Of(Buffer.from('123456789')).toString(16)).toBe('cbf43926');
  });
});

describe('drawPicture', () => {
  it('is a PNG of the asked size with the right amount of pixels', () => {
    const png = Buffer.from(drawPicture('/a.jpg', { width: 30, height: 45 }));
    expect(png.toString('latin1', 1, 4)).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([30, 45]);
    const length = png.readUInt32BE(33);
    expect(inflateSync(png.subarray(41, 41 + length))).toHaveLength(45 * (1 + 30 * 3));
  });

  it('looks the same for the same name and different for another', () => {
    const size = { width: 8, height: 12 };
    expect(drawPicture('/a.jpg', size)).toEqual(drawPicture('/a.jpg', size));
    expect(drawPicture('/a.jpg', size)).not.toEqual(drawPicture('/b.jpg', size));
  });
});
