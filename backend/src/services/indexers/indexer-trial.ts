import { AppError } from '../../errors/app-error.js';
import type { Indexer } from '../source/indexer.port.js';

const testMs = 20_000;

export interface IndexerTest {
  ok: boolean;
  /** A sentence for people. */
  message: string;
  ms: number;
}

/** That it fails is an answer. */
export async function tryOut(indexer: Indexer): Promise<IndexerTest> {
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    return { ok: true, message: await indexer.test({ signal: AbortSignal.timeout(testMs) }), ms: ms() };
  } catch (error) {
    return { ok: false, message: messageOf(error), ms: ms() };
  }
}

/** For people: only messages written for them are shown. */
export function messageOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'It did not answer in time.';
  return error instanceof AppError ? error.message : 'Something went wrong while asking it.';
}
