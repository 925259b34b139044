import { describe, expect, test } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { type FoldedEvent, foldEvents, supersededPositions } from './watch-fold.js';

const minute = 60_000;
const base = Date.UTC(2026, 10, 22, 20);
let made = 0;

function anEvent(kind: FoldedEvent['kind'], minutes: number, facts: Partial<FoldedEvent> = {}): FoldedEvent {
  made += 1;
  return {
    ...{ id: `e${made}`, kind, at: base + minutes * minute, counter: 0, device: 'tv', targetId: null },
    ...{
      changeId: `c${made}`,
      origin: 'player',
      positionSeconds: null,
      durationSeconds: null,
      fraction: null,
    },
    ...facts,
  };
}

const at = (seconds: number, of = 6_000) => ({
  positionSeconds: seconds,
  durationSeconds: of,
  fraction: seconds / of,
});

describe('what a log folds to', () => {
  test('the latest place counts, from whichever device', () => {
    const state = foldEvents([
      anEvent('position', 30, at(1_800)),
      anEvent('paused', 10, { ...at(600), device: 'phone' }),
    ]);
    expect(state).toMatchObject({ positionSeconds: 1_800, inProgress: true, plays: [] });
  });

  test('a film that was only looked into, or is in its credits, is not in progress', () => {
    expect(foldEvents([anEvent('position', 0, at(20))]).inProgress).toBe(false);
    expect(foldEvents([anEvent('position', 0, at(5_700))]).inProgress).toBe(false);
    expect(foldEvents([anEvent('position', 0, at(10, 100))]).inProgress).toBe(true);
  });

  test('an ending that is told three times is one play; one that Trakt lists twice is two', () => {
    const told = [
      anEvent('finished', 90, { durationSeconds: 6_000 }),
      anEvent('finished', 91, { device: 'phone', durationSeconds: 6_000 }),
      anEvent('finished', 92, { id: 'trakt-1', origin: 'trakt', device: 'trakt' }),
    ];
    expect(foldEvents(told).plays).toHaveLength(1);
    const again = anEvent('finished', 93, { id: 'trakt-2', origin: 'trakt', device: 'trakt' });
    expect(foldEvents([...told, again]).plays).toHaveLength(2);
  });

  test('a play that is removed goes with all that told of it, and watching again is a new one', () => {
    const first = anEvent('finished', 90, { durationSeconds: 6_000 });
    const echo = anEvent('finished', 91, { origin: 'trakt', durationSeconds: 6_000 });
    const removal = anEvent('removed', 95, { targetId: first.id });
    expect(foldEvents([first, echo, removal]).plays).toEqual([]);
    const marked = anEvent('marked', 96);
    expect(foldEvents([first, echo, removal, marked]).plays.map(({ id }) => id)).toEqual([marked.id]);
  });

  test('an undoing takes back exactly its target, and can be undone itself', () => {
    const marked = anEvent('marked', 1);
    const unmarked = anEvent('unmarked', 2);
    const undone = anEvent('undone', 3, { targetId: unmarked.id });
    const redone = anEvent('undone', 4, { targetId: undone.id });
    const plays = (...events: FoldedEvent[]) => foldEvents(events).plays.length;
    expect([plays(marked), plays(marked, unmarked), plays(marked, unmarked, undone)]).toEqual([1, 0, 1]);
    expect(plays(marked, unmarked, undone, redone)).toBe(0);
  });

  test('two that undo each other do not go round for ever', () => {
    const a = anEvent('undone', 1, { id: 'a', targetId: 'b' });
    const b = anEvent('undone', 2, { id: 'b', targetId: 'a' });
    expect(foldEvents([a, b, anEvent('marked', 3)]).plays).toHaveLength(1);
  });

  test('undoing restores the exact state before', () => {
    const log = [anEvent('finished', 0), anEvent('position', 60, at(1_200))];
    for (const kind of ['marked', 'unmarked', 'removed', 'dismissed'] as const) {
      const change = anEvent(kind, 70, kind === 'removed' ? { targetId: log[0]?.id ?? '' } : {});
      const undone = anEvent('undone', 71, { targetId: change.id });
      expect(foldEvents([...log, change])).not.toEqual(foldEvents(log));
      expect(foldEvents([...log, change, undone])).toEqual(foldEvents(log));
    }
  });
});

/** What devices, their offline queues and Trakt may tell of one title; ids and moments collide on purpose. */
const history: fc.Arbitrary<FoldedEvent[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        ...([
          'started',
          'position',
          'position',
          'position',
          'paused',
          'finished',
          'marked',
          'unmarked',
        ] as const),
        ...(['removed', 'dismissed', 'undone'] as const),
      ),
      minutes: fc.integer({ min: 0, max: 40 }),
      counter: fc.integer({ min: 0, max: 2 }),
      device: fc.constantFrom('tv', 'phone', 'trakt'),
      sitting: fc.integer({ min: 0, max: 2 }),
      second: fc.integer({ min: 0, max: 6_000 }),
      target: fc.integer({ min: 0, max: 15 }),
      wholeTitle: fc.boolean(),
    }),
    { minLength: 1, maxLength: 16 },
  )
  .map((drawn) =>
    drawn.map(
      ({ kind, minutes, counter, device, sitting, second, target, wholeTitle }, index): FoldedEvent => {
        const moves = kind === 'started' || kind === 'position' || kind === 'paused';
        const targets = kind === 'undone' || (kind === 'removed' && !wholeTitle);
        return {
          ...{ id: `e${index}`, kind, at: base + minutes * minute, counter, device },
          ...{ targetId: targets ? `e${target}` : null, changeId: `s${sitting}` },
          origin: device === 'trakt' ? 'trakt' : 'player',
          ...(moves ? at(second) : { positionSeconds: null, durationSeconds: null, fraction: null }),
        };
      },
    ),
  )
  // Only acts are undone; the service refuses to undo a position.
  .map((events) => {
    const kindOf = new Map(events.map(({ id, kind }) => [id, kind]));
    return events.map((event) =>
      event.kind === 'undone' &&
      ['started', 'position', 'paused'].includes(kindOf.get(event.targetId ?? '') ?? '')
        ? { ...event, targetId: null }
        : event,
    );
  });

/** A log as one machine keeps it: adds what is new to it, and drops positions that say nothing any more. */
class Replica {
  readonly events = new Map<string, FoldedEvent>();

  take(batch: readonly FoldedEvent[], compacting: boolean): void {
    for (const event of batch) this.events.set(event.id, event);
    if (!compacting) return;
    for (const id of supersededPositions(this.events.values())) this.events.delete(id);
  }
}

describe('logs that were apart', () => {
  test('agree after 10,000 random interleavings of devices, offline queues and Trakt imports', () => {
    const interleaving = history.chain((events) =>
      fc.record({
        events: fc.constant(events),
        // Orders of arrival at two machines; what a queue sends twice arrives twice.
        first: fc.shuffledSubarray([...events, ...events.slice(0, 4)], { minLength: events.length }),
        second: fc.shuffledSubarray(events, { minLength: events.length }),
        batch: fc.integer({ min: 1, max: 5 }),
      }),
    );
    fc.assert(
      fc.property(interleaving, ({ events, first, second, batch }) => {
        const whole = foldEvents(events);
        const [slow, quick] = [new Replica(), new Replica()];
        for (let from = 0; from < first.length; from += batch)
          slow.take(first.slice(from, from + batch), true);
        for (const event of second) quick.take([event], false);
        // What the first lacks of a shuffled subset it gets from the other in the end, as logs do when they meet.
        slow.take([...quick.events.values()], true);
        quick.take([...slow.events.values()], true);
        expect(foldEvents(slow.events.values())).toEqual(whole);
        expect(foldEvents(quick.events.values())).toEqual(whole);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});
