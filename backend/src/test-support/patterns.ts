import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import ts from 'typescript';

export interface FoundPattern {
  /** File below the root, with slashes. */
  file: string;
  pattern: RegExp;
}

export interface FoundPatterns {
  literals: FoundPattern[];
  /** Places of `new RegExp(…)` and `RegExp(…)`, by file: their patterns are known when the module has run. */
  constructions: Map<string, number>;
}

/** Finds the regular expressions of all modules below a folder, tests and what only tests use left out. */
export function findPatterns(root: string): FoundPatterns {
  const literals: FoundPattern[] = [];
  const constructions = new Map<string, number>();
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => /\.tsx?$/.test(file))
    .filter(
      (file) =>
        !/\.test\.tsx?$|\.d\.ts$|\.contract\.ts$|(?:^|\/)(?:__fixtures__|test-support|test)\//.test(file),
    )
    .sort();
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8');
    for (const found of patternsIn(text, file))
      if (found === 'construction') constructions.set(file, (constructions.get(file) ?? 0) + 1);
      else literals.push({ file, pattern: found });
  }
  return { literals, constructions };
}

/** The regular expressions of one module's source. */
export function patternsIn(source: string, file = 'module.ts'): (RegExp | 'construction')[] {
  const found: (RegExp | 'construction')[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push(new RegExp(node.text.slice(1, end), node.text.slice(end + 1)));
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'RegExp'
    ) {
      found.push('construction');
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

export interface ConstructedPattern {
  pattern: RegExp;
  /** The place that constructed it, as a line of a stack trace. */
  place: string;
}

/** Runs `load` and returns the regular expressions that were constructed meanwhile, without literals. */
export async function constructedDuring(load: () => Promise<unknown>): Promise<ConstructedPattern[]> {
  const made: ConstructedPattern[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct(target, args: [string, string?], newTarget: NewableFunction) {
      const pattern = Reflect.construct(target, args, newTarget) as RegExp;
      // After the message and this function's own line.
      made.push({ pattern, place: new Error('here').stack?.split('\n')[2] ?? '' });
      return pattern;
    },
  });
  try {
    await load();
  } finally {
    globalThis.RegExp = original;
  }
  return made;
}

/** Text of any length that makes a pattern look at the same characters again: `lead`, `pump` many times, `tail`. */
export interface Attack {
  lead: string;
  pump: string;
  tail: string;
}

/** Repetitions up to this count are bounded work for each character. */
const boundedRepetition = 100;
const pool = Array.from('aZz09 \t\n-_.,:;/\\|()[]{}<>="\'&%?#@!*+~^$`xX\u0000\u0301é話');

/**
 * Makes attacks on each unbounded repetition of a pattern: runs of each kind of character it takes, and its beginning
 * over and over, each followed by what lets the match fail. Empty for patterns without such repetitions.
 */
export function attacksOn(pattern: RegExp): Attack[] {
  const flags = pattern.flags.replace(/[gyd]/g, '');
  const tree = new RegExpParser().parsePattern(pattern.source, 0, pattern.source.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const { repetitions, characters, letters } = survey(tree);
  const matchers = characters.map(({ raw }) => new RegExp(`^(?:${raw})$`, flags));
  const signs = [...new Set([...pool, ...letters])];
  const signatureOf = (sign: string) => matchers.map((matcher) => (matcher.test(sign) ? '1' : '0')).join('');
  const sampler = new Sampler(flags, signs);
  const whole = sampler.alternatives(tree.alternatives, 0);
  const attacks = new Map<string, Attack>();
  const add = (attack: Attack): void => {
    if (attack.pump !== '') attacks.set(JSON.stringify(attack), attack);
  };
  const tails = ['', '\u0000', 'x', '\n\u0000', ' !'];
  for (const repetition of repetitions) {
    const before = sampler.before(repetition);
    const runs = new Set([0, 1, 2].map((choice) => sampler.node(repetition.element, choice)));
    const kinds = new Map<string, string>();
    if (isCharacter(repetition.element)) {
      const matcher = new RegExp(`^(?:${repetition.element.raw})$`, flags);
      for (const sign of signs) if (matcher.test(sign)) kinds.set(signatureOf(sign), sign);
      for (const sign of [...kinds.values()].slice(0, 8)) runs.add(sign);
    }
    for (const run of runs)
      for (const tail of tails) {
        add({ lead: before, pump: run, tail });
        add({ lead: 'x', pump: run, tail });
        add({ lead: '', pump: before + run, tail });
      }
    for (const tail of tails.slice(0, 2)) {
      add({ lead: '', pump: before, tail });
      add({ lead: '', pump: whole.slice(0, -1), tail });
      add({ lead: '', pump: `${whole}\u0000`, tail });
    }
  }
  return [...attacks.values()];
}

/** An attack of `size` characters. */
export function attackOf({ lead, pump, tail }: Attack, size: number): string {
  return lead + pump.repeat(Math.ceil(size / pump.length)) + tail;
}

type CharacterNode = AST.Character | AST.CharacterClass | AST.CharacterSet;

function isCharacter(node: AST.Node): node is CharacterNode {
  return node.type === 'Character' || node.type === 'CharacterClass' || node.type === 'CharacterSet';
}

function survey(tree: AST.Pattern) {
  const repetitions: AST.Quantifier[] = [];
  const characters: CharacterNode[] = [];
  const letters: string[] = [];
  const visit = (node: AST.Node): void => {
    if (isCharacter(node)) characters.push(node);
    if (node.type === 'Character') letters.push(String.fromCodePoint(node.value));
    if (node.type === 'Quantifier') {
      if (node.max > boundedRepetition) repetitions.push(node);
      visit(node.element);
    } else if ('alternatives' in node) {
      for (const alternative of node.alternatives) visit(alternative);
    } else if (node.type === 'Alternative') {
      for (const element of node.elements) visit(element);
    }
  };
  visit(tree);
  return { repetitions, characters, letters };
}

/** Writes short texts that parts of a pattern match. */
class Sampler {
  constructor(
    private readonly flags: string,
    private readonly signs: readonly string[],
  ) {}

  /** @param choice which alternative or sign is taken, where there are several */
  node(node: AST.Node, choice: number): string {
    if (isCharacter(node)) return this.sign(node, choice);
    if (node.type === 'Quantifier') return this.node(node.element, choice).repeat(Math.min(node.min, 5));
    if (node.type === 'Alternative')
      return node.elements.map((element) => this.node(element, choice)).join('');
    if (node.type === 'Backreference') {
      const group = Array.isArray(node.resolved) ? node.resolved[0] : node.resolved;
      return group ? this.node(group, choice) : '';
    }
    const isGroup = node.type === 'Group' || node.type === 'CapturingGroup';
    return isGroup ? this.alternatives(node.alternatives, choice) : '';
  }

  alternatives(alternatives: readonly AST.Alternative[], choice: number): string {
    const chosen = alternatives[choice % alternatives.length];
    return chosen ? this.node(chosen, choice) : '';
  }

  /** What leads up to a node from the beginning of the pattern. */
  before(node: AST.Node): string {
    let text = '';
    for (let at: AST.Node = node; at.parent; at = at.parent)
      if (at.parent.type === 'Alternative') {
        const place = at.parent.elements.findIndex((element) => element === at);
        text =
          at.parent.elements
            .slice(0, place)
            .map((element) => this.node(element, 0))
            .join('') + text;
      }
    return text;
  }

  private sign(node: CharacterNode, choice: number): string {
    if (node.type === 'Character') return String.fromCodePoint(node.value);
    const matcher = new RegExp(`^(?:${node.raw})$`, this.flags);
    const fitting = this.signs.filter((sign) => matcher.test(sign));
    return fitting[choice % Math.max(1, fitting.length)] ?? 'a';
  }
}
