import { readFileSync } from 'node:fs';
import path from 'node:path';

// Every secret a test uses is noted here, and everything a server prints is searched for all of them when it ends.

/** Shorter texts would be found by chance. */
const shortest = 8;
const secrets = new Set<string>();

/** Variables whose values must never be printed. */
const secretVariable = /PASSWORD|TOKEN|SECRET|_KEY$|TORZNAB_URLS|DATABASE_URL/;

/** Notes passwords, tokens, cookies, grants and keys. */
export function noteSecrets(...texts: readonly (string | undefined)[]): void {
  for (const text of texts) if (text !== undefined && text.length >= shortest) secrets.add(text);
}

/** What an environment holds of secrets. */
export function noteEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) if (secretVariable.test(name)) noteSecrets(value);
}

/** The keys of a server. */
export function noteKeys(dataDir: string): void {
  try {
    const text = readFileSync(path.join(dataDir, 'secrets', 'keys.json'), 'utf8');
    noteSecrets(...[...text.matchAll(/"([\w/+]{43}=)"/g)].map(([, key]) => key));
  } catch {
    // A server that did not get so far.
  }
}

/** What an answer gives away to whoever asked: tokens, grants in addresses, codes. */
export function noteAnswer(text: string): void {
  for (const [, token] of text.matchAll(/"(?:accessToken|deviceCode|refreshToken)":"([^"]+)"/g))
    noteSecrets(token);
  for (const [, grant] of text.matchAll(/\/api\/stream\/([\w.-]+)/g)) noteSecrets(grant);
}

/** Texts of this shape are tokens, whoever made them. */
const shapes: readonly (readonly [string, RegExp])[] = [
  ['a signed token', /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/],
  ['a refresh token', /[0-9a-f-]{36}\.\d{1,9}\.[\w-]{43}/],
  ['a password', /"password":"(?!\[secret\])/],
];

/** What of all this stands in a text; never the secret itself, for what is reported is printed. */
export function leaksIn(text: string): string[] {
  const noted = [...secrets].filter((secret) => text.includes(secret));
  return [
    ...noted.map((secret) => `a secret of ${secret.length} characters, ${contextOf(text, secret)}`),
    ...shapes.filter(([, shape]) => shape.test(text)).map(([name]) => name),
  ];
}

/** The line it stands in, with it blotted out. */
function contextOf(text: string, secret: string): string {
  const line = text.split('\n').find((each) => each.includes(secret)) ?? '';
  return `in: ${line.replaceAll(secret, '***').slice(0, 300)}`;
}
