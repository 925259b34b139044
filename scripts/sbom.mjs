// `npm run sbom [FILE]`: writes the parts of the product (server and web application) as a CycloneDX list.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = path.resolve(process.argv[2] ?? path.join(root, 'sbom.cdx.json'));
const { status, stdout } = spawnSync(
  'npm',
  ['sbom', '--omit=dev', '--workspace', 'backend', '--workspace', 'frontend', '--sbom-format', 'cyclonedx'],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] },
);
if (status !== 0) process.exit(1);
const { components } = JSON.parse(stdout);
writeFileSync(file, stdout);
console.log(`${components.length} packages in ${file}`);
