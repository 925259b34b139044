import { describe, expect, test } from '@jest/globals';
import { SignInBusyError } from './auth.errors.js';
import { HashingQueue } from './hashing-queue.js';

/** A queue whose work ends when the test says so, and the names of what was begun, in order. */
function aQueue(limit?: number) {
  const queue = new HashingQueue({ now: () => 0, ...(limit !== undefined && { limit }) });
  const begun: string[] = [];
  const refused: string[] = [];
  const running: (() => void)[] = [];
  const ask = (name: string, source: string, isKnown = false) => {
    queue
      .run({ source, isKnown }, () => {
        begun.push(name);
        return new Promise<void>((resolve) => running.push(resolve));
      })
      .catch((error: unknown) => {
        if (!(error instanceof SignInBusyError)) throw error;
        refused.push(name);
      });
  };
  const settle = () => new Promise(setImmediate);
  const finish = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      running.shift()?.();
      await settle();
    }
  };
  return { ask, begun, refused, finish, settle };
}

describe('T36 the queue of password hashes', () => {
  test('lets somebody known past a flood from 200 networks, behind the two that run', async () => {
    const { ask, begun, finish, settle } = aQueue();
    for (let i = 0; i < 1_000; i += 1) ask(`flood ${i}`, `network ${i % 200}`);
    await settle();
    ask('ana', 'device 1', true);
    await finish(1);
    expect(begun.slice(2)).toEqual(['ana']);
  });

  test('lets somebody from a new network past networks that have asked before', async () => {
    const { ask, begun, finish, settle } = aQueue();
    // A second and a half of the flood: each network has had its first attempt.
    for (let i = 0; i < 400; i += 1) ask(`flood ${i}`, `network ${i % 200}`);
    await finish(100);
    for (let i = 0; i < 400; i += 1) ask(`flood again ${i}`, `network ${i % 200}`);
    await settle();
    const before = begun.length;
    ask('newcomer', 'another network');
    await finish(4);
    expect(begun.slice(before)).toContain('newcomer');
  });

  test('one network with fifty attempts does not make the others wait', async () => {
    const { ask, begun, finish, settle } = aQueue();
    for (let i = 0; i < 52; i += 1) ask(`flood ${i}`, 'one network');
    for (let i = 0; i < 20; i += 1) ask(`other ${i}`, `network ${i}`);
    await settle();
    await finish(20);
    expect(begun.slice(2)).toEqual(Array.from({ length: 20 }, (_, i) => `other ${i}`));
  });

  test('full, it turns away those who ask most, and the newcomer only when all have asked as little', async () => {
    const { ask, refused, settle } = aQueue(3);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) ask(name, 'a');
    await settle();
    ask('b1', 'b');
    ask('c1', 'c');
    ask('d1', 'd');
    await settle();
    expect(refused).toEqual(['a5', 'a4', 'a3']);
    ask('e1', 'e');
    ask('b2', 'b');
    await settle();
    expect(refused).toEqual(['a5', 'a4', 'a3', 'e1', 'b2']);
  });

  test('strangers have every fourth turn while those who are known keep coming', async () => {
    const { ask, begun, finish, settle } = aQueue();
    for (let i = 0; i < 2; i += 1) ask(`first ${i}`, 'x');
    for (let i = 0; i < 9; i += 1) ask('known', `device ${i}`, true);
    for (let i = 0; i < 3; i += 1) ask('stranger', `network ${i}`);
    await settle();
    await finish(12);
    expect(begun.slice(2).join(' ')).toBe(
      Array.from({ length: 3 }, () => 'known known known stranger').join(' '),
    );
  });
});
