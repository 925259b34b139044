import { limitCombiningMarks } from '../../../entities/combining-marks.js';

/** Returns whether two titles are the same by name; case, accents, signs, articles in front and "and" do not count. */
export function isSameTitle(one: string, other: string): boolean {
  const spellings = spellingsOf(one);
  return spellingsOf(other).some((spelling) => spelling !== '' && spellings.includes(spelling));
}

/** A title reduced to what everybody writes the same, in the plain spelling of its letters. */
export function foldTitle(title: string): string {
  return joined(withoutArticle(wordsOf(title)), 'plain');
}

/** Folded spellings of a title: "Fälscher" is written Falscher and Faelscher. One, where the two are the same. */
export function spellingsOf(title: string): string[] {
  const words = withoutArticle(wordsOf(title));
  const plain = joined(words, 'plain');
  const long = joined(words, 'long');
  return plain === long ? [plain] : [plain, long];
}

/** A part of a text, as offsets of its first character and behind its last one. */
export interface Span {
  start: number;
  end: number;
}

/** A text in which titles can be looked for. */
export class SearchableText {
  private readonly words: readonly Word[];
  private readonly spellings: readonly {
    text: string;
    starts: Map<number, number>;
    ends: Map<number, number>;
  }[];

  constructor(text: string) {
    this.words = wordsOf(text);
    const plain = this.indexed('plain');
    const long = this.indexed('long');
    this.spellings = plain.text === long.text ? [plain] : [plain, long];
  }

  /**
   * Finds where whole words of the text, run together, are the folded title.
   * @param most of the places that are returned, first ones first
   */
  find(folded: string, most: number): Span[] {
    const found: Span[] = [];
    for (const { text, starts, ends } of this.spellings) {
      for (
        let at = text.indexOf(folded);
        at !== -1 && found.length < most;
        at = text.indexOf(folded, at + 1)
      ) {
        const first = starts.get(at);
        const last = ends.get(at + folded.length);
        if (first === undefined || last === undefined) continue;
        const article = this.words[first - 1];
        const from = article && articles.has(article.plain) ? article : this.words[first];
        found.push({ start: from?.start ?? 0, end: this.words[last]?.end ?? 0 });
      }
    }
    return found;
  }

  private indexed(spelling: 'plain' | 'long') {
    const starts = new Map<number, number>();
    const ends = new Map<number, number>();
    let text = '';
    this.words.forEach((word, index) => {
      if (word[spelling] === '') return;
      starts.set(text.length, index);
      text += word[spelling];
      ends.set(text.length, index);
    });
    return { text, starts, ends };
  }
}

interface Word extends Span {
  /** Folded; empty for what does not count ("and"). */
  plain: string;
  /** Folded with ä as ae, ø as oe, å as aa. */
  long: string;
}

const cjk = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー々';
/** A run of one script's letters and digits; a counter such as 第二季 is a word of its own. */
const wordForm = new RegExp(
  `第[\\d〇一二三四五六七八九十百零]{1,5}[季期部集話话回]|(?:(?!第[\\d〇一二三四五六七八九十百零]{1,5}[季期部集話话回])[${cjk}])+|(?:(?![${cjk}])[\\p{L}\\p{N}\\p{M}])+`,
  'gu',
);
const ascii = /^[A-Za-z0-9]*$/;

function wordsOf(text: string): Word[] {
  const words = [...text.matchAll(wordForm)].map(({ 0: raw, index: start }): Word => {
    const lower = raw.toLowerCase();
    const end = start + raw.length;
    if (ascii.test(raw)) return { plain: lower, long: lower, start, end };
    return { plain: folded(lower, 0), long: folded(lower, 1), start, end };
  });
  return words.map((word, index) => counted(word, words[index - 1], words[index + 1]));
}

/** Letters that are not taken apart by NFKD, or that are also written with two; plainly and at length. */
const letters: Readonly<Record<string, readonly [plain: string, long: string]>> = {
  ä: ['a', 'ae'],
  ö: ['o', 'oe'],
  ü: ['u', 'ue'],
  å: ['a', 'aa'],
  ø: ['o', 'oe'],
  æ: ['ae', 'ae'],
  œ: ['oe', 'oe'],
  ß: ['ss', 'ss'],
  ł: ['l', 'l'],
  đ: ['d', 'dj'],
  ð: ['d', 'd'],
  þ: ['th', 'th'],
  ı: ['i', 'i'],
};

function folded(lower: string, spelling: 0 | 1): string {
  return (
    limitCombiningMarks(lower)
      .replaceAll(/[äöüåøæœßłđðþı]/g, (letter) => letters[letter]?.[spelling] ?? letter)
      .normalize('NFKD')
      // Accents of Latin, Greek, Cyrillic, Hebrew and Arabic letters; in other scripts marks are vowels.
      .replaceAll(/[\u0300-\u036F\u0591-\u05C7\u064B-\u065F]/g, '')
  );
}

const articles: ReadonlySet<string> = new Set(['the', 'a', 'an']);
const parts: ReadonlySet<string> = new Set([
  'part',
  'pt',
  'vol',
  'volume',
  'chapter',
  'teil',
  'partie',
  'parte',
  'часть',
]);
/** "Part III", "Part Three" and "Part 3" are one. `i`, `v` and `x` alone are words of many languages. */
const numerals: Readonly<Record<string, string>> = {
  ii: '2',
  iii: '3',
  iv: '4',
  vi: '6',
  vii: '7',
  viii: '8',
  ix: '9',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
};
const shortNumerals: Readonly<Record<string, string>> = { i: '1', v: '5', x: '10' };

/** Numbers are digits, and "Part 2" is "2", as sequels are named both ways. */
function counted(word: Word, before: Word | undefined, after: Word | undefined): Word {
  const { plain } = word;
  if (plain === 'and' || (parts.has(plain) && after && numberOf(after.plain, true) !== null))
    return { ...word, plain: '', long: '' };
  const number = numberOf(plain, before !== undefined && parts.has(before.plain));
  return number === null ? word : { ...word, plain: number, long: number };
}

/** The number that a word means, without zeros in front; null when it is another word. */
export function numberOf(word: string, isAfterPart: boolean): string | null {
  if (/^\d+$/.test(word)) return word.replace(/^0+(?=\d)/, '');
  if (Object.hasOwn(numerals, word)) return numerals[word] ?? null;
  return isAfterPart && Object.hasOwn(shortNumerals, word) ? (shortNumerals[word] ?? null) : null;
}

function withoutArticle(words: readonly Word[]): readonly Word[] {
  const [first] = words;
  return first && words.length > 1 && articles.has(first.plain) ? words.slice(1) : words;
}

function joined(words: readonly Word[], spelling: 'plain' | 'long'): string {
  return words.map((word) => word[spelling]).join('');
}
