import { settingChecks } from '../composition/setting-checks.js';
import { type Configuration, type SettingName, settings } from '../configuration.js';
import type { Finding } from '../services/settings/finding.js';
import type { SettingDefinition } from '../services/settings/setting-definition.js';
import { checkPort } from './checks/machine-checks.js';

/** One question of the set-up. */
export interface SetupQuestion {
  name: SettingName;
  title: string;
  /** What it is good for, and where one gets it. */
  explanation: string;
  secret: boolean;
  /** Tries the answer on the real thing before it is kept. `candidate` is all that would hold with it. */
  check: (candidate: Configuration) => Promise<Finding[]>;
}

/** Those of the table that are asked, in its order, the server's own last; none of them has to be answered. */
export function setupQuestions(version: string): SetupQuestion[] {
  const checks = settingChecks(version);
  const questions = (Object.entries(settings) as [SettingName, SettingDefinition][]).flatMap(
    ([name, { title, question, secret, group }]) => {
      if (question === undefined) return [];
      const check = async (candidate: Configuration): Promise<Finding[]> => {
        if (name === 'PORT') return [await checkPort('port', candidate.HOST, candidate.PORT)];
        const ofIt = checks.filter(({ names }) => names.includes(name));
        return (await Promise.all(ofIt.map(({ run }) => run(candidate)))).flat();
      };
      return [{ name, title, explanation: question, secret: secret ?? false, group, check }];
    },
  );
  const isLast = ({ group }: { group: string }) => group === 'server';
  return [...questions.filter((question) => !isLast(question)), ...questions.filter(isLast)];
}
