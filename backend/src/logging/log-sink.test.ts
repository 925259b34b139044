import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { LogSink } from './log-sink.js';
import { createLogger } from './logger.js';

/** A place that takes what `room` says, and fails as it is told. */
function place() {
  const state = { text: '', room: Number.POSITIVE_INFINITY, fails: '' };
  const write = (_fd: number, bytes: Uint8Array) => {
    if (state.fails) throw Object.assign(new Error(state.fails), { code: state.fails });
    if (state.room === 0) throw Object.assign(new Error('again'), { code: 'EAGAIN' });
    const taken = Math.min(state.room, bytes.length);
    state.text += Buffer.from(bytes.subarray(0, taken)).toString();
    state.room -= taken;
    return taken;
  };
  return { state, sink: new LogSink({ write }) };
}

it('F35 drops and counts lines while they cannot be written, and then says how many', () => {
  const { state, sink } = place();
  const logger = createLogger({ level: 'info', pretty: false, destination: sink });
  logger.info('one');
  state.fails = 'ENOSPC';
  logger.info('two');
  logger.info('three');
  expect(sink.lost).toBe(2);
  state.fails = '';
  logger.info('four');
  logger.info('five');
  const lines = state.text.trim().split('\n');
  const told = lines.map((line) => JSON.parse(line) as { msg: string; lines?: number });
  expect(told.map(({ msg }) => msg)).toEqual(['one', 'log lines were lost', 'four', 'five']);
  expect(told[1]?.lines).toBe(2);
});

it('F35 keeps a little for a reader who is slow, in order and whole', async () => {
  const { state, sink } = place();
  state.room = 3;
  sink.write('first\n');
  sink.write('second\n');
  expect(state.text).toBe('fir');
  state.room = Number.POSITIVE_INFINITY;
  while (state.text.length < 13) await delay(5);
  expect(state.text).toBe('first\nsecond\n');
  state.room = 0;
  for (let line = 0; line < 3_000; line += 1) sink.write(`${'x'.repeat(999)}\n`);
  expect(sink.lost).toBe(3_000 - Math.floor((1024 * 1024) / 1_000));
});

it('F35 a disk that is really full', () => {
  const fd = openSync('/dev/full', 'w');
  const sink = new LogSink({ fd });
  for (let line = 0; line < 100; line += 1) sink.write('x\n');
  expect(sink.lost).toBe(100);
  closeSync(fd);
});
