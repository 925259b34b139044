import type { WantedTitle } from '../indexer.port.js';
import { bareName, parseReleaseName, type ReleaseName } from '../release-name/release-name.js';
import { foldTitle, numberOf, SearchableText, spellingsOf } from './title-match.js';

/** A wanted title in a release name. */
export interface TitleMatch {
  /** What the name says once its title is known. */
  name: ReleaseName;
  /** The release name with the title taken out, as far as it was looked for. */
  text: string;
  /** ISO 3166-1: the country that stands behind the title, as in "Show US"; null without one. */
  country: string | null;
  /** The part of a series that is counted in parts: "Show Part 03"; null without one. */
  part: number | null;
}

/** Stands for the title in a name. It must be a word without a meaning in release names. */
const placeholder = 'Qqtitleqq';
/** Places of a title in a name that are tried, and names that are read anew. */
const mostPlaces = 2;
const mostReadings = 4;

/**
 * Finds one of the wanted titles in a release name. Where the name's own title is not one of them, each is looked for:
 * then words of a title are not taken for marks, and numbers in it not for years or episodes. Null when the name is of
 * another title.
 */
export function matchTitle(releaseName: string, name: ReleaseName, wanted: WantedTitle): TitleMatch | null {
  const titles = foldedTitles(wanted);
  const isMarkPossible =
    /extras|featurette|bonus|making|scenes|teaser|trailer|interview|sample|soundtrack|password|ost/i.test(
      releaseName,
    );
  if (!isMarkPossible) {
    for (const title of name.titles) {
      const tail = tailBehind(title, titles);
      if (tail && tail.part === null) return { name, text: releaseName, ...tail };
    }
  }
  const { text } = bareName(releaseName);
  const searchable = new SearchableText(text);
  let readings = 0;
  // Longer titles first, because a shorter one may be their beginning.
  for (const title of titles.longestFirst) {
    for (const { start, end } of searchable.find(title, mostPlaces)) {
      if (readings++ >= mostReadings) return null;
      const without = `${text.slice(0, start)}${placeholder}${text.slice(end)}`;
      const read = parseReleaseName(without);
      for (const said of read.titles) {
        const tail = tailAround(said, titles);
        if (tail) return { name: read, text: without.replace(placeholder, ''), ...tail };
      }
    }
  }
  return null;
}

type Tail = Pick<TitleMatch, 'country' | 'part'>;

interface FoldedTitles {
  all: ReadonlySet<string>;
  longestFirst: readonly string[];
}

const foldedOf = new WeakMap<WantedTitle, FoldedTitles>();

function foldedTitles(wanted: WantedTitle): FoldedTitles {
  const known = foldedOf.get(wanted);
  if (known) return known;
  const { title, originalTitle, aliases } = wanted;
  const all = new Set([title, originalTitle, ...(aliases ?? [])].flatMap(spellingsOf));
  all.delete('');
  const folded = { all, longestFirst: [...all].sort((a, b) => b.length - a.length) };
  foldedOf.set(wanted, folded);
  return folded;
}

/** What stands behind a wanted title that a name's title begins with or is; null when it is another title. */
function tailBehind(title: string, titles: FoldedTitles): Tail | null {
  if (spellingsOf(title).some((folded) => titles.all.has(folded))) return { country: null, part: null };
  const country = countryBehind.exec(title);
  if (!country || country.index === 0) return null;
  const head = title.slice(0, country.index);
  return spellingsOf(head).some((folded) => titles.all.has(folded))
    ? { country: countries[foldTitle(country[1] ?? '')] ?? null, part: null }
    : null;
}

/** The same where the placeholder stands for the title. What else there is must be a known title, or say less. */
function tailAround(said: string, titles: FoldedTitles): Tail | null {
  const at = said.indexOf(placeholder);
  if (at === -1) return null;
  const before = foldTitle(said.slice(0, at));
  if (before !== '' && !titles.all.has(before)) return null;
  const behind = said.slice(at + placeholder.length).replace(/^[\s.,:–-]+/, '');
  const folded = foldTitle(behind);
  if (folded === '' || titles.all.has(folded)) return { country: null, part: null };
  const country = countryWhole.exec(behind);
  if (country) return { country: countries[foldTitle(country[1] ?? '')] ?? null, part: null };
  const part =
    /^(?:part|pt|teil|partie|parte|часть|episode)[ .]{0,2}([\p{L}\p{N}]{1,5})(?![\p{L}\p{N}])/iu.exec(behind);
  const number = part ? numberOf((part[1] ?? '').toLowerCase(), true) : null;
  return number === null ? null : { country: null, part: Number(number) };
}

/** How releases mark the country of a series of which others made their own. */
const countries: Readonly<Record<string, string>> = {
  us: 'US',
  usa: 'US',
  uk: 'GB',
  gb: 'GB',
  au: 'AU',
  aus: 'AU',
  australia: 'AU',
  nz: 'NZ',
  newzealand: 'NZ',
  ca: 'CA',
  canada: 'CA',
  ie: 'IE',
  ireland: 'IE',
  za: 'ZA',
  southafrica: 'ZA',
};
const countryNames = 'US|USA|UK|GB|AU|AUS|NZ|CA|IE|ZA|Australia|New Zealand|Canada|Ireland|South Africa';
const countryBehind = new RegExp(`(?<![\\s.])[\\s.]+[([]?(${countryNames})[)\\]]?$`, 'i');
const countryWhole = new RegExp(`^[([]?(${countryNames})[)\\]]?$`, 'i');
