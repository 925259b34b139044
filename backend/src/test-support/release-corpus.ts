import { readFileSync } from 'node:fs';
import { judgeRelease } from '../services/source/identity/judge-release.js';
import type { WantedTitle } from '../services/source/indexer.port.js';
import { parseReleaseName, type ReleaseName } from '../services/source/release-name/release-name.js';

/** A release name with what it says and, for some, a wanted title with the right verdict on it. */
export interface CorpusEntry {
  name: string;
  /** By the columns of `corpusFields`; several right values of a title are alternatives. Null where only the verdict is known. */
  expected: Map<string, readonly string[]> | null;
  wanted: WantedTitle | null;
  isOffered: boolean;
}

/** The columns of the corpus: the part of an answer that each is compared with. */
export const corpusFields: Readonly<Record<string, (name: ReleaseName) => string>> = {
  t: ({ title }) => title ?? '',
  y: ({ year }) => text(year),
  r: ({ resolution }) => resolution ?? '',
  s: ({ releaseType }) => releaseType ?? '',
  v: ({ videoCodec }) => videoCodec ?? '',
  a: ({ audioCodec }) => audioCodec ?? '',
  ch: ({ audioChannels }) => audioChannels ?? '',
  hdr: ({ hdr }) => set(hdr),
  bit: ({ bitDepth }) => text(bitDepth),
  lang: ({ languages }) => set(languages),
  sub: ({ subtitles }) => set(subtitles),
  ed: ({ edition }) => edition ?? '',
  g: ({ group }) => group ?? '',
  p: ({ repair }) => repair ?? '',
  se: ({ seasons }) => range(seasons),
  ep: ({ episodes }) => range(episodes),
  abs: ({ absolute }) => range(absolute),
  date: ({ airDate }) => airDate ?? '',
  x: ({ container }) => container ?? '',
  remux: ({ isRemux }) => text(isRemux),
  complete: ({ isComplete }) => text(isComplete),
  '3d': ({ is3d }) => text(is3d),
};

/** Reads the named files of `__corpus__`, in order. */
export function releaseCorpus(...files: string[]): CorpusEntry[] {
  return files.flatMap((file) =>
    readFileSync(new URL(`../services/source/release-name/__corpus__/${file}.tsv`, import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [name = '', facts = '', wanted = '', verdict = ''] = line.split('\t');
        return {
          name,
          expected: facts === '' ? null : factsOf(facts),
          wanted: wanted === '' ? null : wantedOf(wanted),
          isOffered: verdict === 'offered',
        };
      }),
  );
}

/** Shares of names of which a field is right, with the names of which it is wrong. */
export function fieldAccuracy(
  entries: readonly CorpusEntry[],
): Record<string, { share: number; wrong: string[] }> {
  const parsed = entries.flatMap(({ name, expected }) =>
    expected === null ? [] : [{ name, expected, found: parseReleaseName(name) }],
  );
  return Object.fromEntries(
    Object.entries(corpusFields).map(([field, of]) => {
      const wrong = parsed.filter(
        ({ expected, found }) => !(expected.get(field) ?? ['']).includes(of(found)),
      );
      return [field, { share: 1 - wrong.length / parsed.length, wrong: wrong.map(({ name }) => name) }];
    }),
  );
}

/** The wrong verdicts: what is offered and must not be, and what is refused and must not be. */
export function wrongVerdicts(entries: readonly CorpusEntry[]): {
  offers: string[];
  refusals: string[];
  offered: number;
  refused: number;
} {
  const judged = entries.flatMap(({ name, wanted, isOffered }) => {
    if (!wanted) return [];
    const verdict = judgeRelease(
      { title: name, sizeBytes: null, imdbId: null },
      parseReleaseName(name),
      wanted,
    );
    return [{ name, isOffered, verdict }];
  });
  return {
    offers: judged.flatMap(({ name, isOffered, verdict }) => (!isOffered && verdict.accepted ? [name] : [])),
    refusals: judged.flatMap(({ name, isOffered, verdict }) =>
      isOffered && !verdict.accepted ? [`${name}: ${verdict.reason}`] : [],
    ),
    offered: judged.filter(({ isOffered }) => isOffered).length,
    refused: judged.filter(({ isOffered }) => !isOffered).length,
  };
}

function factsOf(facts: string): Map<string, readonly string[]> {
  return new Map(
    pairsOf(facts).map(([key, value]) => [
      key,
      key === 't' ? value.split('~') : [value === '' ? 'yes' : set(value.split(','))],
    ]),
  );
}

function wantedOf(text: string): WantedTitle {
  const facts = new Map(pairsOf(text));
  const number = (key: string) => (facts.has(key) ? Number(facts.get(key)) : null);
  const title = facts.get('title') ?? '';
  const alias = facts.get('alias');
  const season = number('se');
  return {
    imdbId: null,
    tmdbId: null,
    title,
    originalTitle: facts.get('orig') ?? title,
    aliases: alias === undefined ? [] : [alias],
    year: number('y'),
    runtimeSeconds: null,
    originCountries: facts.get('c')?.split(',') ?? [],
    episode:
      season === null
        ? null
        : {
            season,
            number: number('ep') ?? 0,
            absolute: number('abs'),
            airDate: facts.get('date') ?? null,
          },
  };
}

function pairsOf(text: string): [key: string, value: string][] {
  return text.split(';').map((fact) => {
    const [key = '', ...value] = fact.split('=');
    return [key, value.join('=')];
  });
}

const set = (values: readonly string[]) => [...values].sort().join(',');
const range = (values: readonly number[]) =>
  values.length < 2 ? values.join('') : `${values[0] ?? ''}-${values.at(-1) ?? ''}`;
const text = (value: number | boolean | null) => (value === true ? 'yes' : String(value || ''));
