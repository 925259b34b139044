import { describe, expect, it } from '@jest/globals';
import { fc } from '../test-support/properties.js';
import { decodeAnswer, encodeQuestion } from './dns-message.js';

const question = encodeQuestion(0x1234, 'tracker.example');

/** An answer with these records: type and data, each named by a pointer to the question. */
function answerWith(records: readonly [number, number[]][], flags = 0x8180): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(flags, 2);
  head.writeUInt16BE(records.length, 6);
  const parts = records.map(([type, data]) =>
    Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data]),
  );
  return Buffer.concat([head, ...parts]);
}

describe('DNS messages (RFC 1035)', () => {
  it('asks for an IPv4 address, with recursion', () => {
    expect(question.toString('hex')).toBe(
      '12340100000100000000000007747261636b6572076578616d706c650000010001',
    );
  });

  it.each(['', '.', 'a..b', 'a'.repeat(64), `${'a.'.repeat(130)}b`, 'a b', 'ä.example', 'a\0b'])(
    'asks nobody for %j',
    (name) => {
      expect(() => encodeQuestion(1, name)).toThrow('is no host name');
    },
  );

  it('reads addresses, past aliases and other records', () => {
    const records: [number, number[]][] = [
      [5, [3, 99, 100, 110, 0xc0, 12]],
      [1, [192, 0, 2, 1]],
      [28, Array<number>(16).fill(1)],
      [1, [192, 0, 2, 2]],
    ];
    expect(decodeAnswer(question, answerWith(records))).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('knows a name that does not exist from a server in trouble', () => {
    expect(decodeAnswer(question, answerWith([], 0x8183))).toEqual([]);
    expect(decodeAnswer(question, answerWith([], 0x8182))).toBeNull();
  });

  it('takes no answer to another question, and no question', () => {
    const other = encodeQuestion(0x1234, 'tracker.invalid');
    expect(decodeAnswer(other, answerWith([[1, [192, 0, 2, 1]]]))).toBeNull();
    expect(decodeAnswer(encodeQuestion(1, 'tracker.example'), answerWith([[1, [192, 0, 2, 1]]]))).toBeNull();
    expect(decodeAnswer(question, question)).toBeNull();
  });

  it('T01 survives any bytes', () => {
    const prefix = answerWith([]);
    prefix.writeUInt16BE(0xffff, 6);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (tail) => {
        for (const message of [Buffer.from(tail), Buffer.concat([prefix, tail])]) {
          for (const address of decodeAnswer(question, message) ?? [])
            expect(address).toMatch(/^(\d{1,3}\.){3}\d{1,3}$/);
        }
      }),
    );
  });
});
