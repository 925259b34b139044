// How releases write languages. Short codes count only as whole words, and two-letter ones hardly ever.

type LanguageRule = readonly [language: string, pattern: string];

const spoken: readonly LanguageRule[] = [
  ['multi', 'multi(?![ .-]?subs?)|dual(?:[ .-]?audio)?|german[ .](?:.{1,12}[ .])?dl|nordic|multi[ .-]?audio'],
  ['en', 'english|eng|ingl[eé]s'],
  ['fr', 'french|truefrench|vff|vfq|vf2|vfi|vof|français'],
  ['de', 'german|deutsch|ger'],
  ['it', 'italian|ita'],
  ['es', 'spanish|castellano|latino|español|esp|spa'],
  ['pt', 'portuguese|dublado|pt[ .-]br|por'],
  ['ru', 'russian|rus|русский|дублированный|дубляж'],
  ['uk', 'ukrainian|ukr|укр'],
  ['pl', 'polish|pldub|lektor(?:[ .]pl)?|pl'],
  ['cs', 'czech|cze|cz|dabing'],
  ['hu', 'hungarian|hun'],
  ['ro', 'romanian|rum'],
  ['bg', 'bulgarian|bgaudio|bg[ .-]?audio'],
  ['el', 'greek|gre'],
  ['tr', 'turkish|türkçe|turkce|tur'],
  ['ar', 'arabic|ara'],
  ['he', 'hebrew|heb'],
  ['fi', 'finnish|fin'],
  ['no', 'norwegian|nor'],
  ['sv', 'swedish|swe'],
  ['da', 'danish|dan'],
  ['nl', 'dutch'],
  ['ja', 'japanese|jpn|jap'],
  ['ko', 'korean|kor'],
  ['zh', 'chinese|mandarin|cantonese|chi|国语|國語|粤语|粵語|国粤双语|中配'],
  ['hi', 'hindi|hin'],
  ['ta', 'tamil'],
  ['te', 'telugu'],
  ['ml', 'malayalam'],
  ['th', 'thai'],
  ['vi', 'vietnamese|vie'],
  ['id', 'indonesian'],
  ['sk', 'slovak|slo'],
  ['sl', 'slovenian|slovene'],
  ['hr', 'croatian|hrv'],
  ['sr', 'serbian|srp'],
  ['lt', 'lithuanian'],
  ['lv', 'latvian'],
  ['et', 'estonian'],
  ['is', 'icelandic'],
  ['fa', 'persian|farsi'],
  ['bn', 'bengali'],
  ['kn', 'kannada'],
  ['ka', 'georgian|geo'],
  ['hy', 'armenian'],
  ['ca', 'catalan'],
  ['eu', 'basque'],
  ['fil', 'filipino|tagalog'],
];

const subtitled: readonly LanguageRule[] = [
  ['multi', 'multi[ .-]?subs?|m-?subs|multiple[ .]subtitles?'],
  ['fr', 'vostfr|subfrench'],
  ['en', 'e-?subs?|eng?[ .-]?subs?|subbed'],
  ['pl', 'pl-?sub(?:bed|s)?'],
  ['nl', 'nl-?sub(?:bed|s)?'],
  ['pt', 'legendado'],
  ['de', 'german[ .]sub(?:bed|s)'],
  ['it', 'sub[ .-]?ita'],
  ['es', 'subtitulado|sub[ .-]?esp|vose'],
  [
    'zh',
    'ch[st](?:&(?:ch[st]|jpn?|eng))*|简体|繁體|繁体|简繁(?:内封|外挂|字幕|双语)?|中字|中文字幕|国语中字',
  ],
  ['el', 'greek[ .-]?subs?'],
  ['he', 'heb(?:rew)?[ .-]?subs?'],
  ['ar', 'arabic[ .-]?subs?'],
  ['sv', 'swe(?:dish)?[ .-]?sub(?:s|bed)?'],
  ['ru', 'рус[ .]?суб(?:титры)?|субтитры'],
];

const whole = (pattern: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'iu');
const compile = (rules: readonly LanguageRule[]) =>
  rules.map(([language, pattern]) => [language, whole(pattern)] as const);

const spokenRules = compile(spoken);
const subtitleRules = compile(subtitled);
const anyLanguage = new RegExp(
  `^(?:${[...spoken, ...subtitled].map(([, pattern]) => pattern).join('|')}|dl)$`,
  'iu',
);
const anySpoken = whole(spoken.map(([, pattern]) => pattern).join('|'));
const anySubtitled = whole(subtitled.map(([, pattern]) => pattern).join('|'));
/** A language that belongs to the word "subs" after it tells of no sound. */
const ofSubtitles =
  /(?<![\p{L}\p{N}])(?:german|french|english|eng|ita|dutch|spanish|esp|greek|heb|hebrew|arabic|swedish|swe)[ .-]sub(?:bed|s)?(?![\p{L}\p{N}])/giu;

export function languagesIn(marks: string): string[] {
  const text = marks.replaceAll(ofSubtitles, ' ');
  if (!anySpoken.test(text)) return [];
  return spokenRules.flatMap(([language, pattern]) => (pattern.test(text) ? [language] : []));
}

export function subtitlesIn(marks: string): string[] {
  if (!anySubtitled.test(marks)) return [];
  const found = subtitleRules.flatMap(([language, pattern]) => (pattern.test(marks) ? [language] : []));
  // "German.Subbed" also fits the plain word.
  return found.length > 1 && /german[ .]sub/i.test(marks)
    ? found.filter((language) => language !== 'en')
    : found;
}

export function isLanguageMark(text: string): boolean {
  return anyLanguage.test(text);
}
