import { settings } from './configuration.js';

/** The page of the docs that lists every setting, made from the table that validates them. */
export function configurationPage(): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const fallback = setting.schema.safeParse(undefined).data;
    const secret = 'secret' in setting ? ' Secret: never shown.' : '';
    return `| \`${name}\` | ${inWords(fallback)} | ${setting.meaning}.${secret} | ${setting.allowed} |`;
  });
  return `# Configuration

Every setting is an environment variable; \`kinora start --help\` lists the few that are flags too. A flag wins over
the environment. An empty text counts as unset. A wrong value ends the start with exit code 2 and one line per fault:
where it was read, what was read, what is allowed.

| variable | without it | meaning | allowed |
| --- | --- | --- | --- |
${rows.join('\n')}

This page is made by \`npm run docs:configuration\` from \`backend/src/configuration.ts\`; a test fails when it is stale.
`;
}

function inWords(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (typeof value === 'boolean') return `\`${value ? 'on' : 'off'}\``;
  if (Array.isArray(value)) return 'a short public list';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
