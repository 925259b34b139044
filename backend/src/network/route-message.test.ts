import { describe, expect, it } from '@jest/globals';
import { decodeRouteAnswer, encodeRouteRequest } from './route-message.js';
import { loadSystemCalls } from './system-calls.js';

const onLinux = loadSystemCalls() ? it : it.skip;

/** An answer of the kernel: of a type, with a number after its header. */
function anAnswer(type: number, number: number): Buffer {
  const answer = Buffer.alloc(36);
  answer.writeUInt32LE(answer.length, 0);
  answer.writeUInt16LE(type, 4);
  answer.writeInt32LE(number, 16);
  return answer;
}

describe('route lookups', () => {
  it('ask for one destination from one address by one interface', () => {
    const request = encodeRouteRequest('10.8.0.2', '8.8.8.8', 3);
    expect(request.readUInt32LE(0)).toBe(request.length);
    expect(request.subarray(28).toString('hex')).toBe(
      '080001000808080808000200' + '0a080002' + '0800040003000000',
    );
  });

  it('read a route, a refusal of each kind, and what is neither', () => {
    expect(decodeRouteAnswer(anAnswer(24, 0))).toBe(true);
    for (const code of [13, 22, 101, 113]) expect(decodeRouteAnswer(anAnswer(2, -code))).toBe(false);
    // EPERM says nothing about the routes.
    expect(decodeRouteAnswer(anAnswer(2, -1))).toBeNull();
    expect(decodeRouteAnswer(Buffer.alloc(3))).toBeNull();
  });

  onLinux('are answered by the kernel', () => {
    const calls = loadSystemCalls();
    expect(calls?.hasRoute('127.0.0.1', '127.0.0.1', 'lo')).toBe(true);
    expect(calls?.hasRoute('127.0.0.1', '8.8.8.8', 'no-such-interface')).toBeNull();
  });
});
