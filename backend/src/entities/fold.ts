import { limitCombiningMarks } from './combining-marks.js';

/** Letters that NFKD does not take apart. */
const plain: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ı: 'i',
};

/** As people type it: lower case, without accents and signs, words apart by one space. `&` is `and`. */
export function fold(text: string): string {
  return limitCombiningMarks(text)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[øłđðþæœßı]/g, (letter) => plain[letter] ?? letter)
    .replaceAll('&', ' and ')
    .replaceAll(/['’`]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** A name for addresses and keys: `Science Fiction` is `science-fiction`. */
export function slug(text: string): string {
  return fold(text).replaceAll(' ', '-').slice(0, 64);
}
