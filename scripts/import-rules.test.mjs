// The import rules catch what they are for: each planted breach must be reported by the rule that forbids it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const depcruise = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

const breaches = [
  [
    'floor-services',
    'backend/src/services/auth/a.ts',
    "import '../../routes/b.js';",
    'backend/src/routes/b.ts',
  ],
  [
    'floor-entities',
    'backend/src/entities/a.ts',
    "import '../repositories/b.js';",
    'backend/src/repositories/b.ts',
  ],
  ['floor-errors', 'backend/src/errors/a.ts', "import '../logging/b.js';", 'backend/src/logging/b.ts'],
  ['door-webtorrent', 'backend/src/services/playback/a.ts', "import 'webtorrent';"],
  ['door-typeorm', 'backend/src/services/auth/t.ts', "import 'typeorm';"],
  [
    'providers-apart',
    'backend/src/trackers/one/a.ts',
    "import '../two/b.js';",
    'backend/src/trackers/two/b.ts',
  ],
  [
    'providers-serve-ports',
    'backend/src/services/tmdb/a.ts',
    "import '../media/media.service.js';",
    'backend/src/services/media/media.service.ts',
  ],
  [
    'nobody-imports-the-roof',
    'backend/src/services/auth/c.ts',
    "import '../../configuration.js';",
    'backend/src/configuration.ts',
  ],
  [
    'commands-under-main',
    'backend/src/services/auth/g.ts',
    "import '../../cli/b.js';",
    'backend/src/cli/b.ts',
  ],
  [
    'tests-stay-outside',
    'backend/src/services/auth/d.ts',
    "import './e.test.js';",
    'backend/src/services/auth/e.test.ts',
  ],
  [
    'web-features-apart',
    'frontend/src/features/browse/a.ts',
    "import '../player/b.js';",
    'frontend/src/features/player/b.ts',
  ],
  ['web-floors', 'frontend/src/ui/a.ts', "import '../app/b.js';", 'frontend/src/app/b.ts'],
  [
    'product-stands-alone',
    'backend/src/services/auth/f.ts',
    "import '../../../../demo/src/b.js';",
    'demo/src/b.ts',
  ],
];

describe('import rules', () => {
  let folder;
  let violations;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'import-rules-'));
    copyFileSync(path.join(root, '.dependency-cruiser.cjs'), path.join(folder, '.dependency-cruiser.cjs'));
    copyFileSync(path.join(root, 'tsconfig.base.json'), path.join(folder, 'tsconfig.base.json'));
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const write = (file, text) => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };
    for (const [, from, text, to] of breaches) {
      if (to) write(to, 'export {};\n');
      write(from, `${text}\n`);
    }
    write('backend/src/services/auth/circle-one.ts', "import './circle-two.js';\n");
    write('backend/src/services/auth/circle-two.ts', "import './circle-one.js';\n");
    write('backend/src/services/auth/lawful.ts', "import '../../errors/a.js';\n");
    const { stdout } = spawnSync(
      process.execPath,
      [
        depcruise,
        '--config',
        '.dependency-cruiser.cjs',
        '--output-type',
        'json',
        'backend/src',
        'frontend/src',
      ],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    violations = JSON.parse(stdout).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(breaches)('%s: a breach in %s is caught', (rule, from) => {
    expect(violations).toContainEqual({ rule, from });
  });

  it('no-circles: a circle is caught', () => {
    expect(violations.filter(({ rule }) => rule === 'no-circles').length).toBeGreaterThan(0);
  });

  it('leaves lawful imports alone', () => {
    expect(violations.filter(({ from }) => from.endsWith('lawful.ts'))).toEqual([]);
  });
});
