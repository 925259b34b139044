import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { S3mini } from 's3mini';
import type { S3Settings } from '../chunk-stores/s3-bucket.js';

/** Whether OpenStack Swift can run here (Debian: swift-proxy, swift-account, swift-container, swift-object, memcached). */
export const hasSwift = [
  'swift-proxy-server',
  'swift-object-server',
  'swift-ring-builder',
  'memcached',
].every((program) => spawnSync('which', [program], { stdio: 'ignore' }).status === 0);

const startMs = 60_000;

export interface SwiftServer {
  settings: S3Settings;
  /** Bytes it keeps of a torrent. */
  storedBytes: (infoHash: string) => Promise<number>;
  stop: () => Promise<void>;
}

/**
 * A genuine object store with the S3 protocol: OpenStack Swift with its s3api middleware, on one device. Null where it does not
 * start, such as on a file system without extended attributes.
 */
export async function startSwift(): Promise<SwiftServer | null> {
  const root = await mkdtemp(path.join(tmpdir(), 'kinora-swift-'));
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended;
    }
    await rm(root, { recursive: true, force: true });
  };
  const ports = await freePorts(5);
  const [proxy = 0, account = 0, container = 0, object = 0, memcached = 0] = ports;
  await mkdir(path.join(root, 'devices', 'd1'), { recursive: true });
  await writeFile(
    path.join(root, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = only\ndefault = yes\n',
  );
  const backends = { account, container, object };
  for (const [kind, port] of Object.entries(backends)) {
    const builder = path.join(root, `${kind}.builder`);
    for (const args of [['create', '4', '1', '1'], ['add', `r1z1-127.0.0.1:${port}/d1`, '1'], ['rebalance']])
      spawnSync('swift-ring-builder', [builder, ...args], { stdio: 'ignore' });
    await writeFile(
      path.join(root, `${kind}.conf`),
      `[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = ${port}\nworkers = 0\nswift_dir = ${root}\ndevices = ${root}/devices\nmount_check = false\nlog_address = ${root}/none\nuser = ${userInfo().username}\n[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind}\n`,
    );
  }
  await writeFile(path.join(root, 'proxy.conf'), proxyConfiguration(root, proxy, memcached));
  const run = (program: string, args: string[]) => children.push(spawn(program, args, { stdio: 'ignore' }));
  run('memcached', ['-l', '127.0.0.1', '-p', String(memcached), '-m', '16', '-u', userInfo().username]);
  for (const kind of Object.keys(backends)) run(`swift-${kind}-server`, [path.join(root, `${kind}.conf`)]);
  run('swift-proxy-server', [path.join(root, 'proxy.conf')]);
  const settings: S3Settings = {
    endpoint: `http://127.0.0.1:${proxy}/kinora-test`,
    region: 'us-east-1',
    accessKeyId: 'test:tester',
    secretAccessKey: 'testing',
    prefix: 'kinora',
  };
  const client = new S3mini(settings);
  const storedBytes = async (infoHash: string) => {
    const objects = await client.listObjects('/', `${settings.prefix}/${infoHash}/`);
    return (objects ?? []).reduce((sum, { Size }) => sum + Size, 0);
  };
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline && children.every(({ exitCode }) => exitCode === null)) {
    if (await client.createBucket().catch(() => false)) return { settings, storedBytes, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  return null;
}

function proxyConfiguration(root: string, port: number, memcached: number): string {
  const pipeline = 'catch_errors proxy-logging cache s3api tempauth slo dlo proxy-logging proxy-server';
  return [
    `[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = ${port}\nworkers = 0\nswift_dir = ${root}\nlog_address = ${root}/none\nuser = ${userInfo().username}`,
    `[pipeline:main]\npipeline = ${pipeline}`,
    '[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true',
    '[filter:tempauth]\nuse = egg:swift#tempauth\nuser_test_tester = testing .admin',
    '[filter:s3api]\nuse = egg:swift#s3api\nlocation = us-east-1',
    `[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:${memcached}`,
    ...['catch_errors', 'proxy-logging', 'slo', 'dlo'].map(
      (name) => `[filter:${name}]\nuse = egg:swift#${name.replace('-', '_')}`,
    ),
  ].join('\n');
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
