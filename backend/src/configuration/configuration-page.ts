import { settings } from '../configuration.js';
import type { SettingDefinition } from '../services/settings/setting-definition.js';

/** The page of the docs that lists every setting, made from the table that validates them. */
export function configurationPage(): string {
  const rows = Object.entries<SettingDefinition>(settings).map(([name, setting]) => {
    const fallback = setting.schema.safeParse(undefined).data;
    const secret = setting.secret ? ' Secret: never shown.' : '';
    const changes = setting.fixed !== undefined ? 'no' : setting.live ? 'at once' : 'from the next start';
    return `| \`${name}\` | ${inWords(fallback)} | ${setting.meaning}.${secret} | ${setting.allowed} | ${changes} |`;
  });
  return `# Configuration

Every setting is an environment variable, a key of \`kinora.json\` in DATA_DIR, a value on the settings page of the web
application, or several of these; \`kinora start --help\` lists the few that are flags too. What counts, strongest first:
flag, environment variable, settings page, \`kinora.json\`, default. An empty text counts as unset. \`kinora config\` prints
what holds and where each value was read, secrets masked.

- A wrong value ends the program with exit code 2 before anything else happens, with one line per fault: where it was
  read, what was read, what is allowed.
- A secret can be handed over in a file: \`TMDB_API_TOKEN_FILE=/run/secrets/tmdb\` in place of \`TMDB_API_TOKEN\`. One
  line end at the end of the file does not count.
- \`kinora.json\` is an object such as \`{ "PORT": 8080, "TORRENT_DHT": false, "YTS_API_URL": ["http://…"] }\`. It may
  hold secrets, so it should have mode 0600; a warning says when it has not. \`DATA_DIR\` cannot be set in it. A name
  that is no setting is a fault, with the nearest name.
- A variable that begins with \`KINORA_\` is no setting; a warning names the one it may have been meant to be.

Commands, exit codes, backups: [operations](operations.md).

The last column says when a change made on the settings page holds; \`no\` means that it cannot be changed there.

| variable | without it | meaning | allowed | changes |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

This page is made by \`npm run docs:configuration\` from \`backend/src/configuration/\`; a test fails when it is stale.
`;
}

function inWords(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (typeof value === 'boolean') return `\`${value ? 'on' : 'off'}\``;
  if (Array.isArray(value)) return 'a short public list';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
