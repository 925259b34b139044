// T54: checks what is installed: where it comes from, that its hash is fixed, its licence, and that none of it runs code while it is installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { nativeParts } from './native-parts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const json = (name) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const manifest = json('package.json');
const locked = Object.entries(json('package-lock.json').packages)
  .filter(([place, entry]) => place.includes('node_modules/') && !entry.link)
  .map(([place, entry]) => ({ name: place.split('node_modules/').at(-1), ...entry }));

/** Licences whose terms the product can meet as it is: MIT-like ones, and copyleft ones that stop at their own files or library. */
const licences = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL 2.0',
  'MPL-2.0',
  'OFL-1.1',
  'Unlicense',
  'WTFPL',
]);
/** Packages that name no licence in the form that is read here, and the one their text has. */
const readByHand = { limiter: 'MIT' };

describe('T54 the lock file', () => {
  it('T54 fixes the content of every package by a hash of at least 256 bits', () => {
    expect(locked.length).toBeGreaterThan(500);
    const loose = locked.filter(({ integrity = '' }) => !/^sha(256|384|512)-/.test(integrity));
    expect(loose.map(({ name }) => name)).toEqual([]);
  });

  it('T54 takes nothing from repositories, addresses or folders, only versions from the registry', () => {
    const elsewhere = locked.filter(
      ({ resolved }) => resolved !== undefined && !/^https:\/\/[^/]+\/.+\.tgz$/.test(resolved),
    );
    expect(elsewhere.map(({ name }) => name)).toEqual([]);
    const manifests = ['package.json', ...manifest.workspaces.map((name) => `${name}/package.json`)].map(
      json,
    );
    const ranges = manifests.flatMap((one) =>
      Object.entries({
        ...one.dependencies,
        ...one.devDependencies,
        ...one.optionalDependencies,
        ...one.peerDependencies,
        ...one.overrides,
      }),
    );
    expect(ranges.length).toBeGreaterThan(40);
    // A workspace is named by `*`.
    expect(
      ranges.filter(([, range]) => !/^(\*|npm:[@\w/.-]+@[\^~]?\d[\w.-]*|[\^~]?\d[\w.-]*)$/.test(range)),
    ).toEqual([]);
  });

  it('T54 has only packages with a licence that was agreed to', () => {
    const strange = locked.filter(
      ({ name, license = readByHand[name] ?? '' }) =>
        license
          .split(/ AND | OR |[()]/)
          .filter((part) => part !== '')
          .some((part) => !licences.has(part)) || license === '',
    );
    expect(strange.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });
});

describe('T54 install scripts', () => {
  it('T54 each package that has one was looked at, and only those that need it may run it', () => {
    const withScript = [
      ...new Set(locked.filter((entry) => entry.hasInstallScript).map(({ name }) => name)),
    ].sort();
    expect(Object.keys(manifest.allowScripts).sort()).toEqual(withScript);
    const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may);
    expect(allowed.map(([name]) => name)).toEqual(Object.keys(nativeParts));
  });

  it('T54 none ran in this installation: the one that replaces its own program has not', () => {
    // Its install script puts a machine program in place of this text.
    const program = readFileSync(path.join(root, 'node_modules/esbuild/bin/esbuild'));
    expect(program.subarray(0, 19).toString('latin1')).toBe('#!/usr/bin/env node');
  });

  const folder = mkdtempSync(path.join(tmpdir(), 'kinora-install-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('T54 the settings of npm that this repository has keep a package from running one', () => {
    const settings = readFileSync(path.join(root, '.npmrc'), 'utf8');
    expect(installedFiles('guarded', settings)).toEqual([]);
    // And the package would have: otherwise this test could not fail.
    expect(installedFiles('open', 'ignore-scripts=false\n')).toEqual(['ran']);
  });

  /** Installs a package whose install script makes the file `ran`, as a new project with these settings. */
  function installedFiles(name, settings) {
    const project = path.join(folder, name);
    mkdirSync(path.join(project, 'curious'), { recursive: true });
    const write = (file, content) => writeFileSync(path.join(project, file), content);
    const touch = `node -e "fs.writeFileSync(process.env.INIT_CWD+'/ran','')"`;
    write(
      'curious/package.json',
      JSON.stringify({ name: 'curious', version: '1.0.0', scripts: { install: touch } }),
    );
    const packed = npm(['pack', './curious', '--ignore-scripts'], project);
    expect(packed.status).toBe(0);
    rmSync(path.join(project, 'curious'), { recursive: true });
    write(
      'package.json',
      JSON.stringify({
        name: 'project',
        version: '1.0.0',
        dependencies: { curious: 'file:curious-1.0.0.tgz' },
      }),
    );
    write('.npmrc', settings);
    npm(['install', '--offline', '--no-audit', '--no-fund'], project);
    expect(readdirSync(path.join(project, 'node_modules'))).toContain('curious');
    return readdirSync(project).filter((file) => file === 'ran');
  }
});

function npm(args, cwd) {
  // The settings of the npm that runs this test must not reach the one that is tested.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key)));
  return spawnSync('npm', args, { cwd, env, encoding: 'utf8' });
}
