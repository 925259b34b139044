// Builds what is stale: each part is stamped with a digest of its inputs, so that a start without changes costs nothing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ensureNativeParts } from './native-parts.mjs';
import { runNode } from './run-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const parts = [
  {
    name: 'server',
    output: 'backend/dist',
    inputs: [
      'backend/src',
      'backend/package.json',
      'backend/tsconfig.json',
      'backend/tsconfig.build.json',
      'tsconfig.base.json',
      'package-lock.json',
    ],
    command: [require.resolve('typescript/bin/tsc'), '-p', 'backend/tsconfig.build.json'],
    cwd: '.',
  },
  {
    name: 'web application',
    output: 'frontend/dist',
    inputs: [
      'frontend/src',
      'frontend/public',
      'frontend/index.html',
      'frontend/vite.config.js',
      'frontend/package.json',
      'package-lock.json',
    ],
    command: [
      path.join(
        path.dirname(require.resolve('vite/package.json', { paths: [path.join(root, 'frontend')] })),
        'bin/vite.js',
      ),
      'build',
      '--logLevel',
      'warn',
    ],
    cwd: 'frontend',
    after: compress,
  },
];

/** Builds the native modules and every stale part. Resolves to false when one does not build. */
export async function build() {
  if (!(await ensureNativeParts())) return false;
  for (const part of parts) {
    const stamp = path.join(root, 'node_modules/.cache/kinora', `${part.output.replace('/', '-')}.stamp`);
    const digest = digestOf(part.inputs);
    if (
      existsSync(path.join(root, part.output)) &&
      existsSync(stamp) &&
      readFileSync(stamp, 'utf8') === digest
    )
      continue;
    console.error(`Building the ${part.name} ...`);
    rmSync(path.join(root, part.output), { recursive: true, force: true });
    const code = await runNode(part.command, {
      cwd: path.join(root, part.cwd),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (code !== 0) return false;
    part.after?.(path.join(root, part.output));
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, digest);
  }
  return true;
}

/** Small forms of what compresses, made once here instead of at every request. */
function compress(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const file = path.join(folder, name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
    writeFileSync(`${file}.gz`, gzipSync(bytes));
  }
}

function digestOf(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) add(path.join(root, input), hash);
  return hash.digest('hex');
}

function add(file, hash) {
  if (!existsSync(file)) return;
  if (statSync(file).isDirectory()) {
    for (const name of readdirSync(file).sort()) add(path.join(file, name), hash);
    return;
  }
  if (/\.test\.tsx?$/.test(file)) return;
  hash.update(path.relative(root, file)).update('\0').update(readFileSync(file));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exit((await build()) ? 0 : 1);
