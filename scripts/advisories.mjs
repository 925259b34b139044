// `npm run advisories`: fails when a package that the product runs has a known flaw of high severity, or a signature that is not the registry's.
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Reads the answer of `npm audit --json`. `unknown` when the registry has no advisories to offer or cannot be reached:
 * that must not stop a build without internet, but it must be said.
 * @returns {{ verdict: 'good' | 'bad' | 'unknown', reason: string }}
 */
export function adviceOf(output) {
  const counts = parse(output)?.metadata?.vulnerabilities;
  if (typeof counts?.high !== 'number' || typeof counts.critical !== 'number')
    return { verdict: 'unknown', reason: parse(output)?.message ?? 'no answer' };
  const found = counts.high + counts.critical;
  return found === 0
    ? { verdict: 'good', reason: `no flaw of high severity, ${counts.total} in all` }
    : { verdict: 'bad', reason: `${found} flaws of high severity: npm audit --omit=dev` };
}

/** Reads the answer of `npm audit signatures --json`, likewise. */
export function signaturesOf(output) {
  const answer = parse(output);
  if (!Array.isArray(answer?.invalid) || !Array.isArray(answer.missing))
    return { verdict: 'unknown', reason: answer?.message ?? 'the keys of the registry could not be had' };
  return answer.invalid.length === 0
    ? { verdict: 'good', reason: `no invalid signature, ${answer.missing.length} missing` }
    : { verdict: 'bad', reason: `invalid: ${answer.invalid.map(({ name }) => name).join(', ')}` };
}

function parse(output) {
  try {
    return JSON.parse(output);
  } catch {
    return null;
  }
}

function ask(...args) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
  return spawnSync('npm', [...args, '--json', '--fetch-retries=0'], options).stdout ?? '';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const checks = {
    advisories: adviceOf(ask('audit', '--omit=dev', '--audit-level=high')),
    signatures: signaturesOf(ask('audit', 'signatures')),
  };
  for (const [name, { verdict, reason }] of Object.entries(checks))
    console.log(`${name}: ${verdict} (${reason})`);
  process.exit(Object.values(checks).some(({ verdict }) => verdict === 'bad') ? 1 : 0);
}
