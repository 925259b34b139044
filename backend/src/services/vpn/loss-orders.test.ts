import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import type { NetworkPermission } from '../../network/tunnel.js';
import { fc } from '../../test-support/properties.js';
import { SupervisedEngine } from '../torrent/supervised.engine.js';
import { VpnGuard } from './vpn-guard.service.js';
import type { VpnStatusAnswer } from './vpn-status-provider.port.js';

const boundPort = 2;
const orders = 30;
const losses = [
  'the route is lost',
  'the interface is deleted',
  'the address is lost',
  'the address changes',
  'the tunnel is back',
  'the provider says no',
  'the provider says yes',
  'the provider fails',
  'the engine crashes',
  'the engine crashes again and again',
  'the policy is set again',
] as const;
type Loss = (typeof losses)[number];

/** Each of these once went wrong. */
const examples: { loss: Loss; waits: boolean }[][] = [
  // The process that waited to be started again was started beside the one under the new permission.
  [
    { loss: 'the engine crashes again and again', waits: false },
    { loss: 'the route is lost', waits: true },
  ],
];

const yes: VpnStatusAnswer = { isProtected: true, address: '203.0.113.17' };

/** A guard, a machine and a provider as the test wants them, and an engine with real processes that does nothing. */
async function aGuardedEngine() {
  const machine = {
    interfaces: new Map([['eth0', ['192.168.1.10']]]),
    sources: ['192.168.1.10'],
    answer: (): Promise<VpnStatusAnswer> => Promise.resolve(yes),
  };
  /** Each process that has listened, and how its traffic may leave. */
  const processes: { pid: number; isBound: boolean }[] = [];
  const settings = {
    policy: 'require' as const,
    interfaceName: 'tun0',
    provider: { name: 'NordVPN', ask: () => machine.answer() },
    network: {
      readInterfaces: () => new Map(machine.interfaces),
      readSourceAddresses: () => Promise.resolve(machine.sources),
      readNameServers: () => [],
    },
    intervalMs: 60_000,
  };
  const guard = new VpnGuard({
    ...settings,
    killSwitch: null,
    watchMs: 3_600_000,
    retryMs: [3_600_000],
    audit: { record: () => Promise.resolve() },
    logger: silentLogger(),
  });
  const logger = silentLogger();
  logger.info = (fields: unknown) => {
    const { pid, port } = fields as { pid?: number; port?: number };
    if (pid !== undefined) processes.push({ pid, isBound: port === boundPort });
  };
  const engine = new SupervisedEngine({
    store: { kind: 'memory', maxBytes: 1_000_000 },
    dht: false,
    allowPrivatePeers: true,
    network: guard.permission,
    logger,
    entry: new URL('../torrent/__fixtures__/plain-engine.mjs', import.meta.url),
    // A busy machine must not look like a hung engine here.
    timing: { silenceMs: 20_000, startMs: 60_000 },
    patienceMs: 60_000,
  });
  guard.onPermission((permission: NetworkPermission) => engine.setNetwork(permission));
  const raise = (address = '10.8.0.2') => {
    machine.interfaces.set('tun0', [address]);
    machine.sources = [address];
  };
  raise();
  await guard.start();
  await guard.check();
  await engine.start();
  const suffer = async (loss: Loss) => {
    switch (loss) {
      case 'the route is lost':
        machine.sources = ['192.168.1.10'];
        break;
      case 'the interface is deleted':
        machine.interfaces.delete('tun0');
        machine.sources = ['192.168.1.10'];
        break;
      case 'the address is lost':
        machine.interfaces.set('tun0', []);
        machine.sources = ['192.168.1.10'];
        break;
      case 'the address changes':
        raise('10.8.0.9');
        break;
      case 'the tunnel is back':
        raise();
        break;
      case 'the provider says no':
        machine.answer = () => Promise.resolve({ ...yes, isProtected: false });
        break;
      case 'the provider says yes':
        machine.answer = () => Promise.resolve(yes);
        break;
      case 'the provider fails':
        machine.answer = () => Promise.reject(new Error('down'));
        break;
      case 'the engine crashes':
        end(engine.pid);
        break;
      case 'the engine crashes again and again':
        // Before it listens, so that the next start waits.
        for (let crash = 0; crash < 3; crash += 1) {
          const { pid = 0 } = engine;
          end(pid);
          if (crash < 2) await until(() => engine.pid !== pid);
          else await until(() => !existsSync(`/proc/${pid}`));
        }
        break;
      case 'the policy is set again':
        guard.use(settings);
    }
    if (!loss.startsWith('the engine')) await guard.check();
  };
  return { guard, engine, machine, processes, raise, suffer };
}

type Guarded = Awaited<ReturnType<typeof aGuardedEngine>>;

let guarded: Guarded | null = null;

afterEach(async () => {
  await guarded?.guard.stop();
  await guarded?.engine.stop();
  guarded = null;
});

describe('T23 F22 the guard and the engine after any order of losses', () => {
  it(
    'never run a bound process while nothing is permitted, and come back when all is well',
    async () => {
      const step = fc.record({ loss: fc.constantFrom(...losses), waits: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
          guarded = await aGuardedEngine();
          const { guard, engine, machine, processes, raise, suffer } = guarded;
          for (const { loss, waits } of steps) {
            await suffer(loss);
            if (guard.permission.kind === 'closed')
              await until(() => processes.every(({ pid, isBound }) => !isBound || !isRunning(pid)));
            if (waits) await until(() => engine.isReady());
          }
          raise();
          machine.answer = () => Promise.resolve(yes);
          await guard.check();
          // A question that was under way may have been answered before.
          await guard.check();
          expect(guard.permission.kind).toBe('bound');
          await until(() => engine.peerPort === boundPort);
          await engine.remove('0'.repeat(40));
          const { pid } = engine;
          await until(() => processes.filter((one) => existsAlive(one.pid)).every((one) => one.pid === pid));
          await guard.stop();
          await engine.stop();
          await until(() => !processes.some((one) => existsAlive(one.pid)));
          guarded = null;
        }),
        { numRuns: orders, endOnFailure: true, examples: examples.map((steps) => [steps] as [typeof steps]) },
      );
    },
    10 * 60_000,
  );
});

function end(pid: number | undefined): void {
  if (pid !== undefined && existsAlive(pid)) process.kill(pid, 'SIGKILL');
}

/** The state of a process by proc(5); null when there is none. */
function stateOf(pid: number): string | null {
  if (!existsSync(`/proc/${pid}/status`)) return null;
  try {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Neither stopped nor ended. */
function isRunning(pid: number): boolean {
  return !['T', 't', 'Z', 'X', null].includes(stateOf(pid));
}

/** One that has ended may wait, as a zombie, until it is collected. */
function existsAlive(pid: number): boolean {
  return !['Z', 'X', null].includes(stateOf(pid));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('It did not happen within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
