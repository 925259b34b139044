import { createRequire } from 'node:module';
import type * as Zxcvbn from '@zxcvbn-ts/core';
import type * as Words from '@zxcvbn-ts/language-common';
import { AppError } from '../../errors/app-error.js';

/** Of a million guesses (score 2 of zxcvbn) one fits: what the back-off of sign-ins makes last for years. */
const leastScore = 2;
/** Guessing costs more with length; what is beyond can only make a password better. */
const judgedLength = 64;

/** Words that people at this server think of first (ASVS 5.0, 6.1.2); each counts as known, like the account's name. */
const contextWords = [
  'kinora',
  'torrent',
  'bittorrent',
  'stream',
  'streaming',
  'movie',
  'movies',
  'film',
  'films',
  'series',
];

/** Whether a new password is one of those that are tried first: common ones, their variations, and one's own name. */
export class PasswordStrength {
  private judge: Zxcvbn.ZxcvbnFactory | null = null;

  /** @throws AppError validation-failed, naming `field` of the body */
  check(password: string, names: readonly string[], field = 'password'): void {
    // The dictionaries are loaded when first needed: most runs of the server never see a new password.
    this.judge ??= makeJudge();
    const { score } = this.judge.check(password.slice(0, judgedLength), [...names, ...contextWords]);
    if (score >= leastScore) return;
    throw new AppError('validation-failed', 'Some fields are missing or wrong.', {
      errors: [
        { field: `body.${field}`, message: 'is too easy to guess; three or four words make a good one' },
      ],
    });
  }
}

function makeJudge(): Zxcvbn.ZxcvbnFactory {
  const require = createRequire(import.meta.url);
  const { ZxcvbnFactory } = require('@zxcvbn-ts/core') as typeof Zxcvbn;
  const { adjacencyGraphs, dictionary } = require('@zxcvbn-ts/language-common') as typeof Words;
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: judgedLength });
}
