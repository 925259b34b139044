import { describe, expect, it } from '@jest/globals';
import { fc } from '../test-support/properties.js';
import { contentDisposition } from './content-disposition.js';

describe('T32 contentDisposition', () => {
  it('keeps a plain name', () => {
    expect(contentDisposition('Film (2008).mp4')).toBe(
      `inline; filename="Film (2008).mp4"; filename*=UTF-8''Film%20%282008%29.mp4`,
    );
  });

  it('can be sent and read back, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const header =
          new Headers({ 'Content-Disposition': contentDisposition(name) }).get('Content-Disposition') ?? '';
        const encoded = /filename\*=UTF-8''(.*)$/.exec(header)?.[1] ?? '';
        expect(decodeURIComponent(encoded)).toBe(name.toWellFormed());
        expect(header).toMatch(/^inline; filename="[^"\\]*"; /);
      }),
    );
  });
});
