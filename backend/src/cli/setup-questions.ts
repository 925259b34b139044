import type { Configuration, SettingName } from '../configuration.js';
import type { Finding } from './checks/finding.js';
import { checkPort } from './checks/machine-checks.js';
import { checkTmdb, checkYts } from './checks/provider-checks.js';

/** One question of the set-up. */
export interface SetupQuestion {
  name: SettingName;
  title: string;
  /** What it is good for, and where one gets it. */
  explanation: string;
  secret: boolean;
  /** Tries the answer on the real thing before it is kept. */
  check: (answer: string, configuration: Configuration) => Promise<Finding>;
}

/** In order of need; none of them has to be answered. */
export function setupQuestions(version: string): SetupQuestion[] {
  return [
    {
      name: 'TMDB_API_TOKEN',
      title: 'TMDB token',
      explanation:
        'With a free token of themoviedb.org (account settings, API) the catalogue is TMDB: posters, search, facts.\n' +
        'Without one it is the built-in open films.',
      secret: true,
      check: (token, { TMDB_API_URL }) => checkTmdb(TMDB_API_URL, token, version),
    },
    {
      name: 'YTS_API_URL',
      title: 'YTS-compatible API',
      explanation:
        'Address of an indexer to find releases with, up to and without /list_movies.json. You answer for the right\n' +
        'to what it lists. Without one only the open films can be found.',
      secret: false,
      check: async (text) => {
        let last: Finding = { subject: 'YTS', verdict: 'ok', text: 'off' };
        for (const url of text.split(/[\s,]+/).filter((part) => part !== '')) {
          last = await checkYts(url, version);
          if (last.verdict === 'broken') return last;
        }
        return last;
      },
    },
    {
      name: 'PORT',
      title: 'Port',
      explanation: 'Where browsers reach this server.',
      secret: false,
      check: (text, { HOST }) => checkPort('port', HOST, Number(text)),
    },
  ];
}
