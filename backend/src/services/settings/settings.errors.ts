import { AppError, type FieldError } from '../../errors/app-error.js';
import type { Finding } from './finding.js';

/** Some of the given settings are wrong; each fault is named. */
export class SettingsInvalidError extends AppError {
  override readonly name = 'SettingsInvalidError';

  constructor(errors: readonly FieldError[]) {
    super('validation-failed', 'Some settings are missing or wrong. Nothing was changed.', { errors });
  }
}

/** The service that a setting is for does not take the new value. */
export class SettingRefusedError extends AppError {
  override readonly name = 'SettingRefusedError';

  constructor(findings: readonly Finding[]) {
    super('setting-refused', `Nothing was changed. ${inWords(findings)}`);
  }
}

/** The service that a setting is for cannot be asked just now; the value may be right all the same. */
export class SettingUntestedError extends AppError {
  override readonly name = 'SettingUntestedError';

  constructor(findings: readonly Finding[]) {
    super('setting-untested', `Nothing was changed. ${inWords(findings)}`);
  }
}

function inWords(findings: readonly Finding[]): string {
  return findings
    .filter(({ verdict }) => verdict === 'broken')
    .map(({ text }) => text)
    .join(' ');
}
