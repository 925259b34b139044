import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { configurationPage } from './configuration-page.js';

it('the configuration page of the docs says what the schema says', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(page).toBe(configurationPage());
});
