/** Languages that most films were made in. */
const codes = 'ar cs da de en es fi fr hi hu it ja ko nl no pl pt ru sv ta te th tr uk zh'.split(' ');
const names = new Intl.DisplayNames('en', { type: 'language' });

/** To choose from, by name; one that somebody has asked for by the address is among them. */
export function languageOptions(asked?: string): (readonly [string, string])[] {
  const all = new Set([...codes, ...(asked === undefined ? [] : [asked])]);
  return [...all]
    .map((code) => [code, names.of(code) ?? code] as const)
    .sort(([, a], [, b]) => a.localeCompare(b, 'en'));
}
