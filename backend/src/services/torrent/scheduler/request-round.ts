import type { BackgroundPieces } from './background-pieces.js';
import type { DuplicateBudget } from './duplicate-budget.js';
import { Fleet, type Quote } from './fleet.js';
import { LateBlocks } from './late-blocks.js';
import type { RequestLedger } from './request-ledger.js';
import { type Assignment, RequestPlanner } from './request-planner.js';
import type { BlockRequest } from './scheduler-types.js';
import type { Ask } from './swarm-peer.js';
import type { SwarmState } from './swarm-state.js';
import type { Trials } from './trials.js';
import { WantedPieces } from './wanted-pieces.js';

/** What a round works with besides the swarm. */
export interface RoundTools {
  readonly ledger: RequestLedger;
  readonly trials: Trials;
  readonly duplicates: DuplicateBudget;
  readonly background: BackgroundPieces;
}

/**
 * Fills the peers' queues, at one moment and within a budget of bytes: first a second request for what is late, then
 * what readers want, soonest needed first; with what room is left, all else that may help.
 */
export class RequestRound {
  readonly requests: BlockRequest[] = [];
  private readonly fleet: Fleet;
  private readonly planner: RequestPlanner;

  constructor(
    private readonly swarm: SwarmState,
    private readonly tools: RoundTools,
    private readonly now: number,
    private bytesLeft: number,
  ) {
    const { peers, readers, table, settings } = swarm;
    this.fleet = new Fleet(peers.values(), tools.trials.suspicion, now);
    this.planner = new RequestPlanner(new WantedPieces(readers, table), table, this.fleet, settings);
  }

  run(): void {
    const late = this.lateBlocks();
    this.hedge(late, false);
    const idle = this.askForWanted(late.areWithStrangers(this.swarm.peers.values()));
    this.probeSilent();
    if (idle.length === 0) return;
    for (const quote of this.fleet.quotes)
      quote.room = idle.find(({ peer }) => peer === quote.peer)?.room ?? 0;
    this.rescueNextPieces();
    this.hedge(this.lateBlocks(), true);
    this.askForBackground();
  }

  /** A reader waits for what has been asked for already: time alone may be a reason to ask somebody else. */
  get isWaiting(): boolean {
    if (this.lateBlocks().isWatching) return true;
    for (const reader of this.swarm.readers) if (this.tools.trials.fencedNextOf(reader)) return true;
    return false;
  }

  private lateBlocks(): LateBlocks {
    return new LateBlocks(this.swarm.readers, this.swarm.table, this.now);
  }

  private hedge(late: LateBlocks, isEndGame: boolean): void {
    const askSecond = (first: Ask, quote: Quote): boolean => {
      // The peer of a piece of its own turned out too slow.
      if (quote.peer.id !== first.piece.onlyPeer) first.piece.onlyPeer = null;
      return this.tools.duplicates.allows && this.send(quote, first, true);
    };
    late.hedge(this.fleet, this.swarm.peers.values(), isEndGame, askSecond);
  }

  /** Gives who could do more and has nothing to do. `isHolding`: busy peers are given only what readers wait for. */
  private askForWanted(isHolding: boolean): Quote[] {
    const { planner, now } = this;
    const idle: Quote[] = [];
    for (let quote = this.nextQuote(); quote; quote = this.nextQuote()) {
      const next = planner.next(quote, now, isHolding && quote.peer.isBusy(now));
      if (next && this.send(quote, next)) continue;
      idle.push({ ...quote });
      quote.room = 0;
    }
    return idle;
  }

  private nextQuote(): Quote | undefined {
    return this.bytesLeft > 0 ? this.fleet.soonest(() => true) : undefined;
  }

  private probeSilent(): void {
    for (const quote of this.fleet.probes) {
      const probe = this.planner.probe(quote);
      if (probe) this.send(quote, probe);
    }
  }

  private rescueNextPieces(): void {
    const { swarm, fleet, planner } = this;
    if (!fleet.quotes.some(({ isSuspect }) => isSuspect)) return;
    for (const reader of swarm.readers) {
      const next = reader.firstMissing();
      const rescue = next <= reader.windowEnd(swarm.readers.count) ? planner.rescue(next) : null;
      if (rescue) this.send(rescue.quote, rescue.assignment);
    }
  }

  private askForBackground(): void {
    const { fleet, planner, tools } = this;
    if (tools.background.isEmpty || !planner.areWindowsFull) return;
    for (const quote of fleet.quotes) {
      while (quote.room > 0) {
        const next = planner.background(quote, tools.background);
        if (!next || !this.send(quote, next)) break;
      }
    }
  }

  /** False when the budget is used up. */
  private send(quote: Quote, { piece, block }: Assignment, isHedge = false): boolean {
    const bytes = this.swarm.table.geometry.blockSize(piece.index, block);
    if (bytes > this.bytesLeft) return false;
    this.bytesLeft -= bytes;
    this.requests.push(this.tools.ledger.enter(quote, { piece, block }, isHedge, this.now));
    this.fleet.asked(quote);
    return true;
  }
}
