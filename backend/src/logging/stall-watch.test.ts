import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { StallWatch } from './stall-watch.js';

it('F28 a thread that is held for a second is told of, with how long', async () => {
  const lines: string[] = [];
  const watch = new StallWatch(
    createLogger({ level: 'warn', pretty: false, destination: { write: (line) => lines.push(line) } }),
  );
  watch.start();
  await delay(300);
  const began = performance.now();
  while (performance.now() - began < 1_000);
  while (lines.length === 0) await delay(20);
  watch.stop();
  const { stalledMs } = JSON.parse(lines.at(-1) ?? '{}') as { stalledMs: number };
  expect(stalledMs).toBeGreaterThanOrEqual(500);
});
