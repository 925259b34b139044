// What the rate limiter costs: time per request (goal: under 20 microseconds), and memory after a million addresses.
// Run after a build: node bench/rate-limit.bench.mjs
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemoryRateLimitStore } from '../backend/dist/middleware/memory.rate-limit-store.js';
import { limitAddresses, limitRequests } from '../backend/dist/middleware/rate-limit.middleware.js';

const { Hono } = await import(createRequire(new URL('../backend/', import.meta.url)).resolve('hono'));
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const limit = { requests: 1e9, windowSeconds: 60 };
const requests = 100_000;
const store = new MemoryRateLimitStore();

console.log(
  `store, one key             ${await perCall(1e6, () => store.arrive({ key: 'api user 1', limit }))} µs`,
);
let at = 0;
console.log(
  `store, a new key each      ${await perCall(1e6, () => store.arrive({ key: `api ${at++}`, limit }))} µs`,
);

const bare = app(false);
const limited = app(true);
// In turns, so that neither profits from a warmer machine; the median of the differences counts.
const costs = [];
for (let round = 0; round < 7; round += 1) {
  const without = await perRequest(bare);
  const withLimit = await perRequest(limited);
  if (round > 0) costs.push(withLimit - without);
}
costs.sort((a, b) => a - b);
console.log(
  `middleware, both stages    ${costs[Math.floor(costs.length / 2)].toFixed(2)} µs a request (goal: < 20)`,
);

const million = new MemoryRateLimitStore();
for (let i = 0; i < 20_000; i += 1) million.arrive({ key: `sign-in ${address(i)}`, limit });
const before = heap();
for (let i = 20_000; i < 1_020_000; i += 1) million.arrive({ key: `sign-in ${address(i)}`, limit });
console.log(
  `a million addresses later  ${((heap() - before) / 1024).toFixed(0)} KiB more heap, ${million.size} keys kept`,
);

function app(withLimits) {
  const hono = new Hono();
  const own = new MemoryRateLimitStore();
  const quota = { name: 'api', limit };
  hono.use(async (context, next) => {
    context.set('clientAddress', context.req.header('X-Address'));
    context.set('principal', null);
    await next();
  });
  if (withLimits) {
    hono.use(limitAddresses({ store: own, limit }));
    hono.use(limitRequests({ store: own, limitOf: () => quota }));
  }
  return hono.get('/api/me', (context) => context.json({ ok: true }));
}

async function perRequest(hono) {
  const asked = Array.from(
    { length: requests },
    (_, i) => new Request('http://kinora.test/api/me', { headers: { 'X-Address': address(i % 5_000) } }),
  );
  collectGarbage();
  const start = performance.now();
  for (const request of asked) await hono.fetch(request);
  return ((performance.now() - start) * 1000) / requests;
}

async function perCall(times, call) {
  for (let i = 0; i < 10_000; i += 1) call();
  const start = performance.now();
  for (let i = 0; i < times; i += 1) call();
  return (((performance.now() - start) * 1000) / times).toFixed(3);
}

function address(i) {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}

function heap() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

await throughRedis();

/** Several servers' limits: what a shared store adds to a request, and how many it judges in a second. */
async function throughRedis() {
  const { spawn } = await import('node:child_process');
  const { once } = await import('node:events');
  const { RedisConnection } = await import('../backend/dist/utils/cache/redis-connection.js');
  const { RedisRateLimitStore } = await import('../backend/dist/middleware/redis.rate-limit-store.js');
  const { silentLogger } = await import('../backend/dist/logging/logger.js');
  const port = 20_000 + (process.pid % 20_000);
  const where = ['--bind', '127.0.0.1', '--port', String(port), '--save', ''];
  const redis = spawn('redis-server', where, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(redis.stdout, 'data');
  const connection = new RedisConnection({ url: `redis://127.0.0.1:${port}`, logger: silentLogger() });
  await connection.start();
  const wide = { requests: 1e6, windowSeconds: 60 };
  const shared = new RedisRateLimitStore({
    scripts: connection,
    local: new MemoryRateLimitStore(),
    namespace: 'bench',
  });
  // As a request is counted: at its address and at its user.
  const both = (i) => {
    const address = { key: `address ${i}`, limit: wide };
    shared.arrive(address);
    return shared.take([address, { key: `api ${i}`, limit: wide }]);
  };
  for (const atOnce of [1, 50]) {
    const rounds = 20_000 / atOnce;
    const took = [];
    const processor = process.cpuUsage();
    const start = performance.now();
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now();
      await Promise.all(Array.from({ length: atOnce }, (_, i) => both((round + i) % 500)));
      took.push(performance.now() - from);
    }
    const each = ((performance.now() - start) * 1000) / 20_000;
    const { user, system } = process.cpuUsage(processor);
    took.sort((a, b) => a - b);
    const p99 = took[Math.floor(took.length * 0.99)] ?? 0;
    console.log(
      `Redis, ${String(atOnce).padStart(2)} at once          ${each.toFixed(0)} µs each, ${((user + system) / 20_000).toFixed(0)} µs of this process; a round ${(took[took.length >> 1] * 1000).toFixed(0)} µs, p99 ${(p99 * 1000).toFixed(0)} µs`,
    );
  }
  const stats = await connection.ask((client) => client.info('commandstats'));
  const judged = Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  console.log(`Redis, of 40000 judged     ${judged} there, the others here`);
  const ended = once(redis, 'close');
  redis.kill();
  await ended;
  while (connection.isUp) await new Promise((resolve) => setImmediate(resolve));
  const start = performance.now();
  for (let i = 0; i < 20_000; i += 1) await both(0);
  console.log(
    `Redis away                 ${(((performance.now() - start) * 1000) / 20_000).toFixed(1)} µs each`,
  );
  connection.stop();
}
