/** Same title by name: letters and digits count, case, accents, signs, articles in front and "and" do not. */
export function isSameTitle(one: string, other: string): boolean {
  const folded = foldTitle(one);
  return folded !== '' && folded === foldTitle(other);
}

/** A title reduced to what everybody writes the same. */
export function foldTitle(title: string): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/['’`]/g, '')
    .replaceAll('&', ' and ')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .map((word) => numerals[word] ?? word)
    .filter((word) => word !== 'and');
  const [first = ''] = words;
  return (words.length > 1 && articles.has(first) ? words.slice(1) : words).join('');
}

const articles: ReadonlySet<string> = new Set(['the', 'a', 'an']);
/** "Part III" and "Part 3" are one. `i` alone is a word of many languages. */
const numerals: Readonly<Record<string, string>> = {
  ii: '2',
  iii: '3',
  iv: '4',
  vi: '6',
  vii: '7',
  viii: '8',
  ix: '9',
};
