import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnreachableError } from './problem.js';
import { type ProgressBatch, ProgressQueue } from './progress-queue.js';

/** localStorage as far as it is used. */
class MemoryStorage {
  readonly values = new Map<string, string>();
  getItem(key: string) {
    return this.values.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    this.values.set(key, value);
  }
}

describe('ProgressQueue', () => {
  let storage: MemoryStorage;
  let sent: { batch: ProgressBatch; keepalive: boolean }[];
  let answer: (batch: ProgressBatch) => Promise<readonly string[]>;
  let clock: number;
  const create = () =>
    new ProgressQueue({
      storage,
      userId: 'ada',
      now: () => clock,
      send: (batch, { keepalive }) => {
        sent.push({ batch, keepalive });
        return answer(batch);
      },
    });
  const place = (positionSeconds: number, state: 'playing' | 'paused' | 'finished' = 'playing') => ({
    ...{ mediaId: 'film', sitting: 'sitting-1', positionSeconds, durationSeconds: 600, state },
  });

  beforeEach(() => {
    storage = new MemoryStorage();
    sent = [];
    clock = 1_000;
    answer = (batch) => Promise.resolve(batch.saves.map(({ id }) => id));
  });

  it('forgets a save only when the server has it', async () => {
    const queue = create();
    queue.add(place(10));
    await queue.flush();
    expect(sent.map(({ batch }) => batch.saves.length)).toEqual([1]);
    expect(queue.size).toBe(0);
    await queue.flush();
    expect(sent).toHaveLength(1);
  });

  it('keeps what could not be sent over a reload, under the same names', async () => {
    answer = () => Promise.reject(new UnreachableError(new Error('offline')));
    const offline = create();
    offline.add(place(10));
    await offline.flush();
    answer = (batch) => Promise.resolve(batch.saves.map(({ id }) => id));
    const reloaded = create();
    expect(reloaded.size).toBe(1);
    await reloaded.flush();
    expect(sent[1]?.batch.saves).toEqual(sent[0]?.batch.saves);
    expect(reloaded.size).toBe(0);
  });

  it('keeps of a sitting the latest place and every ending, and never grows without limit', () => {
    const queue = create();
    for (let second = 1; second <= 50; second += 1) queue.add(place(second));
    queue.add(place(590, 'finished'));
    queue.add(place(595));
    expect(queue.size).toBe(2);
    for (let film = 0; film < 500; film += 1) queue.add({ ...place(5), mediaId: `film-${film}` });
    expect(queue.size).toBe(200);
  });

  it('sends while the page goes away in a way that outlives it', async () => {
    const queue = create();
    queue.add(place(10, 'paused'));
    await queue.flush({ keepalive: true });
    expect(sent[0]?.keepalive).toBe(true);
  });

  it('gives up a save that the server will not have, and not one that it could not take now', async () => {
    const queue = create();
    queue.add(place(10));
    answer = () => Promise.resolve([]);
    await queue.flush();
    // A title that is gone is not accepted, now or ever.
    expect(queue.size).toBe(0);
  });

  it('does not read what another user or another version left there', () => {
    storage.setItem('kinora.progress.ada', '{"what": 1}');
    storage.setItem('kinora.progress.eve', JSON.stringify([{ id: 'x' }]));
    expect(create().size).toBe(0);
  });
});
