import { beforeEach, describe, expect, it } from '@jest/globals';
import { isClientGone, logConsole } from './console-lines.js';
import { createLogger } from './logger.js';

describe('logConsole', () => {
  let lines: unknown[];
  let target: Pick<Console, 'error' | 'warn' | 'info' | 'debug'>;

  beforeEach(() => {
    lines = [];
    const destination = { write: (text: string) => void lines.push(JSON.parse(text)) };
    const nothing = () => undefined;
    target = { error: nothing, warn: nothing, info: nothing, debug: nothing };
    logConsole(createLogger({ level: 'debug', pretty: false, destination }), target);
  });

  it('makes a line of the log of an error, with its stack in a field', () => {
    target.error(new Error('the disk is gone'));
    target.warn('odd:', new TypeError('odd'));
    expect(lines).toMatchObject([
      { level: 50, err: { message: 'the disk is gone', stack: expect.stringContaining('\n') } },
      { level: 40, err: { type: 'TypeError' } },
    ]);
  });

  it('makes a line of the log of text, put together as a console does', () => {
    target.warn('%s is deprecated in %d', 'this', 3);
    target.info('two\nlines');
    expect(lines).toMatchObject([
      { level: 40, msg: 'this is deprecated in 3' },
      { level: 30, msg: 'two\nlines' },
    ]);
  });

  it('does not take a client that left for a failure', () => {
    for (const code of ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])
      target.error(Object.assign(new Error('gone'), { code }));
    target.error(new DOMException('This operation was aborted', 'AbortError'));
    expect(lines).toMatchObject(Array.from({ length: 4 }, () => ({ level: 20 })));
    expect([isClientGone('ECONNRESET'), isClientGone(new Error('EPIPE'))]).toEqual([false, false]);
  });
});
