import type { UserRepository } from '../../repositories/user.repository.js';
import type { IndexerService } from '../indexers/indexer.service.js';
import type { PlaybackService } from '../playback/playback.service.js';
import type { PlaybackState } from '../playback/playback-describer.js';
import type { SchedulerService } from '../scheduler/scheduler.service.js';
import type { StorageService, StorageTotals } from '../storage/storage.service.js';
import type { VpnGuard } from '../vpn/vpn-guard.service.js';
import type { VpnStatus } from '../vpn/vpn-status.js';
import { type ReadinessCheck, readReadiness } from './readiness.js';

/** Where to look into it, in the web application. */
export type ConcernArea = 'server' | 'vpn' | 'storage' | 'jobs' | 'indexers' | 'settings';

/** Something an administrator would want to know without having looked for it. */
export interface Concern {
  area: ConcernArea;
  /** `broken`: something people want does not work. */
  weight: 'broken' | 'worth-knowing';
  /** A sentence for people. */
  message: string;
}

export interface PlayNow {
  state: PlaybackState;
  /** Null when the account is gone. */
  username: string | null;
}

export interface ServerOverview {
  version: string;
  startedAt: Date;
  /** Resident memory of the server's process, without the torrent engine's, bytes. */
  memoryBytes: number;
  plays: PlayNow[];
  storage: StorageTotals;
  vpn: Pick<VpnStatus, 'policy' | 'state' | 'reason'>;
  /** Broken things first. */
  concerns: Concern[];
}

export interface OverviewServiceOptions {
  version: string;
  readiness: readonly ReadinessCheck[];
  playback: Pick<PlaybackService, 'listAllStates'>;
  users: Pick<UserRepository, 'findById'>;
  storage: Pick<StorageService, 'getTotals'>;
  vpn: Pick<VpnGuard, 'getStatus'>;
  scheduler: Pick<SchedulerService, 'list'>;
  indexers: Pick<IndexerService, 'list'>;
  /** Names of settings that hold only from the next start on. */
  listPendingSettings: () => Promise<readonly string[]>;
  now: () => Date;
}

/** A job may fail once without anyone having to look: it is tried again. */
const failuresToTell = 2;
/** Part of the limit. */
const nearlyFull = 0.95;

/** How the server does, on one page. */
export class OverviewService {
  private readonly startedAt: Date;

  constructor(private readonly options: OverviewServiceOptions) {
    this.startedAt = options.now();
  }

  async get(): Promise<ServerOverview> {
    const { storage, vpn, version } = this.options;
    const stored = await storage.getTotals();
    const status = vpn.getStatus();
    const concerns = [
      ...(await this.ofServer()),
      ...ofVpn(status),
      ...ofStorage(stored),
      ...(await this.ofJobs()),
      ...(await this.ofIndexers()),
      ...(await this.ofSettings()),
    ];
    return {
      version,
      startedAt: this.startedAt,
      memoryBytes: process.memoryUsage.rss(),
      plays: await this.listPlays(),
      storage: stored,
      vpn: { policy: status.policy, state: status.state, reason: status.reason },
      concerns: concerns.toSorted((a, b) => Number(b.weight === 'broken') - Number(a.weight === 'broken')),
    };
  }

  private async listPlays(): Promise<PlayNow[]> {
    const { playback, users } = this.options;
    return Promise.all(
      (await playback.listAllStates()).map(async ({ userId, state }) => ({
        state,
        username: (await users.findById(userId))?.username ?? null,
      })),
    );
  }

  private async ofServer(): Promise<Concern[]> {
    return (await readReadiness(this.options.readiness))
      .filter(({ ok }) => !ok)
      .map(({ name, optional }) => ({
        area: 'server',
        weight: optional ? 'worth-knowing' : 'broken',
        message: failing[name] ?? `${name} does not work.`,
      }));
  }

  private async ofJobs(): Promise<Concern[]> {
    return (await this.options.scheduler.list())
      .filter(({ state }) => state.pausedAt === null && state.failures >= failuresToTell)
      .map(({ job, state }) => ({
        area: 'jobs',
        weight: 'worth-knowing',
        message: `The job ${job.name} failed ${state.failures} times in a row: ${state.lastMessage ?? 'no reason given'}`,
      }));
  }

  private async ofIndexers(): Promise<Concern[]> {
    const on = (await this.options.indexers.list()).filter(({ enabled }) => enabled);
    if (on.length === 0)
      return [{ area: 'indexers', weight: 'broken', message: 'No indexer is on: nothing finds sources.' }];
    return on
      .filter(({ lastError }) => lastError !== null)
      .map(({ name, lastError }) => ({
        area: 'indexers',
        weight: 'worth-knowing',
        message: `The last search at ${name} failed: ${lastError ?? ''}`,
      }));
  }

  private async ofSettings(): Promise<Concern[]> {
    const names = await this.options.listPendingSettings();
    if (names.length === 0) return [];
    const message = `Holds from the next start of the server on: ${names.join(', ')}.`;
    return [{ area: 'settings', weight: 'worth-knowing', message }];
  }
}

const failing: Readonly<Record<string, string>> = {
  engine: 'The torrent engine does not run: nothing can be played. It is started again by itself.',
  database: 'The database does not answer.',
  cache: 'The shared cache does not answer; this server remembers and counts by itself meanwhile.',
};

function ofVpn({ policy, state, reason, killSwitch }: VpnStatus): Concern[] {
  if (state === 'protected' && killSwitch?.setBy === 'none')
    return [
      { area: 'vpn', weight: 'worth-knowing', message: `No VPN kill switch is set. ${killSwitch.reason}` },
    ];
  if (policy === 'off' || state === 'protected') return [];
  return [{ area: 'vpn', weight: policy === 'require' ? 'broken' : 'worth-knowing', message: reason }];
}

function ofStorage({ totalBytes, limitBytes, freeBytes, minFreeBytes }: StorageTotals): Concern[] {
  if (freeBytes < minFreeBytes)
    return [
      {
        area: 'storage',
        weight: 'broken',
        message:
          'The disk is fuller than it may be. What was watched longest ago goes, and that was not enough.',
      },
    ];
  if (limitBytes > 0 && totalBytes > nearlyFull * limitBytes)
    return [
      {
        area: 'storage',
        weight: 'worth-knowing',
        message: 'The storage is nearly full: what was watched longest ago goes to make room.',
      },
    ];
  return [];
}
