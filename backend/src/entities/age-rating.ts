// From what is printed on the box to an age. Words as TMDB gives them (its list of certifications); ages are those below
// which a title is not meant to be seen, for guidance words (PG and the like) the age from which they are commonly shown.

const byCountry = {
  US: {
    G: 0,
    PG: 8,
    'PG-13': 13,
    R: 17,
    'NC-17': 18,
    'TV-Y': 0,
    'TV-G': 0,
    'TV-Y7': 7,
    'TV-PG': 8,
    'TV-14': 14,
    'TV-MA': 17,
  },
  GB: { U: 0, PG: 8, '12A': 12, '12': 12, '15': 15, '18': 18, R18: 18 },
  IE: { G: 0, PG: 8, '12A': 12, '12': 12, '15A': 15, '15': 15, '16': 16, '18': 18 },
  DE: { '0': 0, '6': 6, '12': 12, '16': 16, '18': 18 },
  AT: { '0': 0, '6': 6, '8': 8, '10': 10, '12': 12, '14': 14, '16': 16, '18': 18 },
  FR: { U: 0, TP: 0, '10': 10, '12': 12, '16': 16, '18': 18 },
  ES: { A: 0, Ai: 0, APTA: 0, '7': 7, '7i': 7, '12': 12, '16': 16, '18': 18, X: 18 },
  IT: { T: 0, '6+': 6, '14+': 14, '18+': 18, VM12: 12, VM14: 14, VM18: 18 },
  PT: { Públicos: 0, 'M/3': 3, 'M/6': 6, 'M/12': 12, 'M/14': 14, 'M/16': 16, 'M/18': 18, P: 18 },
  NL: { AL: 0, '6': 6, '9': 9, '12': 12, '14': 14, '16': 16, '18': 18 },
  SE: { Btl: 0, '7': 7, '11': 11, '15': 15 },
  DK: { A: 0, '7': 7, '11': 11, '15': 15, F: 18 },
  NO: { A: 0, '6': 6, '9': 9, '12': 12, '15': 15, '18': 18 },
  FI: { S: 0, T: 0, 'K-7': 7, 'K-12': 12, 'K-16': 16, 'K-18': 18 },
  BR: { L: 0, '10': 10, '12': 12, '14': 14, '16': 16, '18': 18 },
  CA: { G: 0, PG: 8, '14A': 14, '18A': 18, R: 18, E: 0 },
  AU: { E: 0, G: 0, PG: 8, M: 15, 'MA 15+': 15, 'R 18+': 18, 'X 18+': 18 },
  NZ: { G: 0, PG: 8, M: 16, R13: 13, RP13: 13, R15: 15, R16: 16, RP16: 16, R18: 18, R: 18 },
  IN: { U: 0, UA: 12, 'U/A 7+': 7, 'U/A 13+': 13, 'U/A 16+': 16, A: 18, S: 18 },
  JP: { G: 0, 'PG-12': 12, PG12: 12, 'R15+': 15, 'R18+': 18 },
  KR: { ALL: 0, '12': 12, '15': 15, '18': 18, '19': 18 },
} as const satisfies Record<string, Record<string, number>>;

/** The strictest meaning of each word, since the country of a stored rating is not kept. */
const strictest = new Map<string, number>();
for (const words of Object.values(byCountry)) {
  for (const [word, age] of Object.entries<number>(words)) {
    strictest.set(key(word), Math.max(age, strictest.get(key(word)) ?? 0));
  }
}

/** The age a title is meant for, in years; null when the rating is missing or says nothing we know. */
export function ageOfCertification(certification: string | null): number | null {
  return certification === null ? null : (strictest.get(key(certification)) ?? null);
}

/**
 * Whether somebody with this limit (years; null has none) may know of a title. What has no known rating is not for
 * children: nobody has said that it is.
 */
export function isSuitable(
  { certification }: { certification: string | null },
  ageLimit: number | null,
): boolean {
  if (ageLimit === null) return true;
  const age = ageOfCertification(certification);
  return age !== null && age <= ageLimit;
}

function key(word: string): string {
  return word.trim().toUpperCase().replaceAll(/\s+/g, '');
}
