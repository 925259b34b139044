import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { python } from '../bench-swarm.js';
import type { Contestant } from './contestant.js';
import { kinora } from './kinora.js';
import { lineServer } from './line-server.js';

const beside = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Everybody who can be had here; who cannot is told of on standard error. `folder` may be written to. */
export function gather(folder: string, wanted: (name: string) => boolean): Contestant[] {
  const found = [
    kinora,
    lineServer('WebTorrent', process.execPath, [beside('webtorrent-server.mjs')]),
    lineServer('libtorrent', python, [beside('libtorrent-server.py')]),
  ].filter(({ name }) => wanted(name));
  if (!wanted('peerflix')) return found;
  const installed = installPeerflix(folder);
  if (installed === null) console.error('peerflix could not be installed; it is left out.');
  else found.push(lineServer('peerflix', process.execPath, [beside('peerflix-server.cjs'), installed]));
  return found;
}

function installPeerflix(folder: string): string | null {
  const cwd = path.join(folder, 'peerflix');
  if (existsSync(path.join(cwd, 'node_modules', 'peerflix'))) return cwd;
  mkdirSync(cwd, { recursive: true });
  writeFileSync(path.join(cwd, 'package.json'), '{"private":true,"dependencies":{"peerflix":"0.39.0"}}');
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd,
    stdio: 'ignore',
  });
  return status === 0 ? cwd : null;
}
