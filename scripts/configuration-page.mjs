// `npm run docs:configuration`: writes the page of the settings from the table that validates them.
import { writeFileSync } from 'node:fs';
import { build } from './build.mjs';

if (!(await build())) process.exit(1);
const { configurationPage } = await import('../backend/dist/configuration/configuration-page.js');
writeFileSync(new URL('../backend/docs/configuration.md', import.meta.url), configurationPage());
