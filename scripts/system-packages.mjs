// What the demo world and the tests need of the system: ffmpeg makes the film, Chromium is the browser, libtorrent the independent seeder, redis-server the shared cache, postgresql the database of several servers, iproute2 the networks of the VPN's test.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const needs = [
  { package: 'ffmpeg', present: () => runs('ffmpeg', '-version') },
  { package: 'chromium', present: () => runs('chromium', '--version') },
  { package: 'tmux', present: () => runs('tmux', '-V') },
  { package: 'python3-libtorrent', present: () => runs('/usr/bin/python3', '-c', 'import libtorrent') },
  // For the network namespaces of the VPN's test, which only root can make.
  { package: 'iproute2', present: () => process.getuid?.() !== 0 || runs('ip', '-V') },
  { package: 'redis-server', present: () => runs('redis-server', '--version') },
  { package: 'postgresql', present: isPostgresInstalled },
];

/** OpenStack Swift, an object store with the S3 protocol: without it the tests that want a genuine one are skipped. */
const wishes = [
  { package: 'swift-proxy', present: () => runs('which', 'swift-proxy-server') },
  { package: 'swift-account', present: () => runs('which', 'swift-account-server') },
  { package: 'swift-container', present: () => runs('which', 'swift-container-server') },
  { package: 'swift-object', present: () => runs('which', 'swift-object-server') },
  { package: 'memcached', present: () => runs('which', 'memcached') },
];

/** Debian keeps its programs off PATH, in a folder for each version. */
export function isPostgresInstalled() {
  const folder = '/usr/lib/postgresql';
  return (
    existsSync(folder) && readdirSync(folder).some((version) => existsSync(`${folder}/${version}/bin/initdb`))
  );
}

/** Names of the Debian packages that are missing. */
export function missingPackages(list = needs) {
  return list.filter(({ present }) => !present()).map((need) => need.package);
}

/** Installs what is missing where that is allowed (root on Debian); otherwise says what to install. Returns whether all is there. */
export function ensurePackages() {
  const missing = missingPackages();
  const wished = missingPackages(wishes);
  if (missing.length + wished.length === 0) return true;
  if (process.getuid?.() === 0 && runs('apt-get', '--version')) {
    console.error(`Installing ${[...missing, ...wished].join(', ')} ...`);
    // No service starts by itself.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
    spawnSync('apt-get', ['update', '-qq'], quiet);
    // What is only wished for must not stand in the way of what is needed.
    for (const names of [missing, wished])
      if (names.length > 0)
        spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], quiet);
  }
  const still = missingPackages();
  if (still.length > 0)
    console.error(
      `Needed but not installed: ${still.join(', ')}. On Debian: sudo apt-get install ${still.join(' ')}`,
    );
  return still.length === 0;
}

function runs(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
