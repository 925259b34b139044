import type { SchedulerSettings } from './scheduler-types.js';

/** Keeps blocks asked twice to a share of what arrives. All in bytes. */
export class DuplicateBudget {
  private received = 0;
  private wasted = 0;
  private outstanding = 0;

  constructor(private readonly settings: Pick<SchedulerSettings, 'duplicateShare' | 'duplicateAllowance'>) {}

  get allows(): boolean {
    const { duplicateAllowance, duplicateShare } = this.settings;
    return this.wasted + this.outstanding < duplicateAllowance + duplicateShare * this.received;
  }

  hedged(bytes: number): void {
    this.outstanding += bytes;
  }

  settled(bytes: number): void {
    this.outstanding -= bytes;
  }

  arrived(bytes: number): void {
    this.received += bytes;
  }

  arrivedTwice(bytes: number): void {
    this.wasted += bytes;
  }
}
