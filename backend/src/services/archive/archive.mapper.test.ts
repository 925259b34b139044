import { describe, expect, it } from '@jest/globals';
import { findSuperLinearGrowth } from '../../test-support/growth.js';
import { toArchiveSummary } from './archive.mapper.js';
import type { ArchiveItem } from './archive.schemas.js';

const item = (fields: Partial<ArchiveItem>): ArchiveItem => ({
  identifier: 'film',
  title: ['A Film'],
  description: [],
  licenseurl: ['https://creativecommons.org/publicdomain/mark/1.0/'],
  year: [],
  date: [],
  creator: [],
  ...fields,
});
const repeated = (part: string) => (size: number) => part.repeat(Math.ceil(size / part.length));

describe('toArchiveSummary', () => {
  it.each([
    '<',
    '<script>',
    '<style>',
    '<STYLE<C',
    '<!--',
    '</',
    '&',
    '&amp;',
    '&#',
    ' ',
    '\t(',
    '[1963] ',
    '\u0301\u0323',
  ])('T71 reads descriptions and titles of many %j in time linear in their length', async (part) => {
    const make = repeated(part);
    expect(
      await findSuperLinearGrowth(make, (text) => toArchiveSummary(item({ description: [text] }))),
    ).toBeNull();
    expect(await findSuperLinearGrowth(make, (text) => toArchiveSummary(item({ title: [text] })))).toBeNull();
    expect(
      await findSuperLinearGrowth(make, (text) => toArchiveSummary(item({ title: [`A ${text}x`] }))),
    ).toBeNull();
  });
});
