import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationFile, configurationFileName } from '../configuration/configuration-file.js';
import {
  type EffectiveSetting,
  effectiveSettings,
  readConfiguration,
  type SettingsSource,
  settings,
} from '../configuration.js';
import { prepareDataFolder } from '../data-folder.js';
import { type SetupQuestion, setupQuestions } from './setup-questions.js';
import type { Terminal } from './terminal.js';

/**
 * `kinora setup`: asks, tries each answer on the real service, and writes kinora.json (0600) once, at the end; what is
 * in it already and not asked about stays. Errors: `ConfigurationError`, `DataFolderError`, `CommandError` of the terminal.
 */
export async function setUp(
  sources: readonly SettingsSource[],
  version: string,
  terminal: Terminal,
): Promise<void> {
  const kept = new ConfigurationFile(prepareDataFolder(readConfiguration(sources).DATA_DIR).root);
  const file = kept.name;
  const answers = new Map<string, string | null>();
  // What could not be tried just now, such as a VPN that is down.
  const untried = new Map<string, string>();
  const questions = setupQuestions(version).filter(({ name }) => {
    const { source } = settingOf(sources, name);
    const isOurs = source === 'default' || source === file;
    if (!isOurs) terminal.say(`${name} is set by ${source}, which counts more than what is asked here.`);
    return isOurs;
  });
  terminal.say(`\nEnter keeps what is there, - removes it, < goes back, Ctrl-C leaves everything as it is.`);
  for (let index = 0; index < questions.length; ) {
    const question = questions[index];
    if (!question) break;
    const known = answers.get(question.name);
    terminal.say(`\n${question.title} (${index + 1} of ${questions.length})\n${question.explanation}`);
    const now = known === undefined ? inWords(settingOf(sources, question.name)) : shown(known, question);
    const answer = (await terminal.ask(`${question.title}, now ${now}:`, question.secret)).trim();
    if (answer === '<') index = Math.max(0, index - 1);
    else if (answer === '') index += 1;
    else if (answer === '-') {
      answers.set(question.name, null);
      index += 1;
    } else if (await isAccepted(question, answer)) {
      answers.set(question.name, answer);
      index += 1;
    }
  }
  if (answers.size === 0) {
    terminal.say('\nNothing was changed.');
    return;
  }
  await kept.write(Object.fromEntries(answers));
  terminal.say(`\nStored in ${file}.`);

  async function isAccepted(question: SetupQuestion, answer: string): Promise<boolean> {
    const { schema, allowed } = settings[question.name];
    if (!schema.safeParse(answer).success) {
      terminal.say(`That cannot be: allowed is ${allowed}.`);
      return false;
    }
    terminal.say('Trying it ...');
    const soFar = [...answers].map(([name, value]) => [name, value ?? undefined] as const);
    const given = { label: 'answer', values: { ...Object.fromEntries(soFar), [question.name]: answer } };
    const findings = await question.check(readConfiguration([given, ...sources]));
    const broken = findings.find(({ verdict }) => verdict === 'broken');
    const texts = findings.map(({ text }) => text).join('; ');
    if (!broken) terminal.say(`Good: ${texts === '' ? 'it can be used' : texts}`);
    else if (!broken.mayPass) terminal.say(`Not kept: ${broken.text}`);
    else if (untried.get(question.name) === answer) terminal.say(`Kept anyway: ${broken.text}`);
    else {
      untried.set(question.name, answer);
      terminal.say(`Not kept: ${broken.text}\nThe same answer once more keeps it anyway.`);
      return false;
    }
    return !broken || broken.mayPass === true;
  }
}

/** Whether nobody has set anything up yet: no data, and no setting but where the data should lie. */
export function isUntouched(sources: readonly SettingsSource[]): boolean {
  const effective = effectiveSettings(sources);
  const { DATA_DIR } = readConfiguration(sources);
  return (
    effective.every(({ name, source }) => source === 'default' || name === 'DATA_DIR') &&
    !['kinora.sqlite', configurationFileName].some((name) => existsSync(path.join(DATA_DIR, name)))
  );
}

function settingOf(sources: readonly SettingsSource[], name: string): EffectiveSetting {
  const found = effectiveSettings(sources).find((setting) => setting.name === name);
  if (!found) throw new Error(`There is no setting ${name}.`);
  return found;
}

function inWords({ value, secret }: EffectiveSetting): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (secret) return 'set';
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}

function shown(answer: string | null, { secret }: SetupQuestion): string {
  if (answer === null) return 'none';
  return secret ? 'set' : answer;
}
