// What the rate limiter costs: time per request (goal: under 20 microseconds), and memory after a million addresses.
// Run after a build: node bench/rate-limit.bench.mjs
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemoryRateLimitStore } from '../backend/dist/middleware/memory.rate-limit-store.js';
import { rateLimit } from '../backend/dist/middleware/rate-limit.middleware.js';

const { Hono } = await import(createRequire(new URL('../backend/', import.meta.url)).resolve('hono'));
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const limit = { requests: 1e9, windowSeconds: 60 };
const requests = 100_000;
const store = new MemoryRateLimitStore();

console.log(`store, one key             ${await perCall(1e6, () => store.take('api user 1', limit))} µs`);
let at = 0;
console.log(`store, a new key each      ${await perCall(1e6, () => store.take(`api ${at++}`, limit))} µs`);

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
for (let i = 0; i < 20_000; i += 1) million.take(`sign-in ${address(i)}`, limit);
const before = heap();
for (let i = 20_000; i < 1_020_000; i += 1) million.take(`sign-in ${address(i)}`, limit);
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
    hono.use(
      rateLimit({ store: own, limitOf: () => ({ name: 'address', limit }), subject: 'address', quiet: true }),
    );
    hono.use(rateLimit({ store: own, limitOf: () => quota, subject: 'user-or-address' }));
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
