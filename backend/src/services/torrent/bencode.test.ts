import { describe, expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { bencode, type Writable } from './__fixtures__/bencode-writer.js';
import { BencodeError, decodeBencode } from './bencode.js';
import { seededRandom } from './scheduler/simulated-time.contract.js';

function decode(text: string): unknown {
  return decodeBencode(Buffer.from(text, 'latin1')).value;
}

const values = fc.letrec<{ value: Writable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.maxSafeInteger(),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'binary-ascii', maxLength: 8 }), tie('value'), { maxKeys: 5 }),
  ),
})).value;

function asDecoded(value: Writable): unknown {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map((item: Writable) => asDecoded(item));
  return new Map(Object.entries(value).map(([key, item]) => [key, asDecoded(item)]));
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]: [unknown, unknown]) => [key, plain(item)]));
  return value;
}

describe('decodeBencode', () => {
  it('reads what a writer wrote', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(plain(decodeBencode(bencode(value)).value)).toEqual(asDecoded(value));
      }),
    );
  });

  it('gives the byte spans of the outermost dictionary', () => {
    const input = Buffer.from('d1:ai7e4:infod1:b1:cee');
    const span = decodeBencode(input).spans.get('info');
    expect(input.subarray(span?.start, span?.end).toString()).toBe('d1:b1:ce');
  });

  it.each([
    ['negative length in a list', 'l-3:'],
    ['negative length in a dictionary', 'd-3:'],
    ['negative length', '-1:'],
    ['leading zero in a length', '01:a'],
    ['leading zero in an integer', 'i03e'],
    ['minus zero', 'i-0e'],
    ['empty integer', 'ie'],
    ['lone minus', 'i-e'],
    ['plus', 'i+1e'],
    ['fraction', 'i1.5e'],
    ['beyond 2^53', 'i9007199254740993e'],
    ['a thousand digits', `i${'9'.repeat(1000)}e`],
    ['overlong length', '99999999999999999999:a'],
    ['string past the end', '5:abcd'],
    ['bytes after the end', 'i1ei2e'],
    ['repeated key', 'd1:ai1e1:ai2ee'],
    ['key that is no string', 'di1ei2ee'],
    ['unfinished list', 'l'],
    ['unfinished dictionary', 'd1:a'],
    ['nothing', ''],
    ['nesting of 65', `${'l'.repeat(65)}${'e'.repeat(65)}`],
    ['a million lists', 'l'.repeat(1_000_000)],
    ['more than 300,000 values', `l${'i1e'.repeat(300_001)}e`],
  ])('refuses %s (T01, T08)', (_name, text) => {
    expect(() => decode(text)).toThrow(BencodeError);
  });

  it('takes nesting of 64 and unsorted keys, as real files have them', () => {
    expect(() => decode(`${'l'.repeat(64)}${'e'.repeat(64)}`)).not.toThrow();
    expect(decode('d1:bi1e1:ai2ee')).toEqual(
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
    );
  });

  it('cannot pollute a prototype (T08)', () => {
    expect(decode('d9:__proto__d1:xi1eee')).toEqual(new Map([['__proto__', new Map([['x', 1]])]]));
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });

  it('answers any bytes with a value or a BencodeError, and soon (T01)', () => {
    const alphabet = fc.constantFrom(...Buffer.from('dlie:-0123459a'));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(alphabet, { maxLength: 200 }).map((list) => Uint8Array.from(list)),
    );
    const mutants = fc.tuple(values, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const input = bencode(value);
      input[at % input.length] = byte;
      return input;
    });
    const started = performance.now();
    fc.assert(
      fc.property(fc.oneof(bytes, mutants), (input) => {
        try {
          expect(decodeBencode(input).end).toBe(input.length);
        } catch (error) {
          if (!(error instanceof BencodeError)) throw error;
        }
      }),
      { numRuns: 5_000 },
    );
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('T01 a hundred thousand mutants of what trackers, peers and files say: none takes long, none but a BencodeError is thrown', () => {
    const random = seededRandom(7);
    const pick = (below: number) => Math.floor(random() * below);
    const seeds = [
      'd1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei100ee',
      'd8:intervali1800e5:peers12:abcdefghijkle',
      'd1:rd2:id20:abcdefghij01234567895:nodes26:abcdefghij0123456789abcdefe1:t2:aa1:y1:re',
      'd4:infod5:filesld6:lengthi5e4:pathl1:a1:beee4:name1:n12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee',
      `d5:added600:${'x'.repeat(600)}7:added.f100:${'y'.repeat(100)}e`,
    ].map((text) => Buffer.from(text, 'latin1'));
    const alphabet = Buffer.from('dlie:-0123456789');
    let longest = 0;
    for (let n = 0; n < 100_000; n += 1) {
      const input = Buffer.from(seeds[n % seeds.length] ?? '');
      for (let edit = pick(6); edit >= 0; edit -= 1)
        input[pick(input.length)] = pick(2) === 0 ? (alphabet[pick(alphabet.length)] ?? 0) : pick(256);
      const began = performance.now();
      try {
        decodeBencode(pick(4) === 0 ? input.subarray(0, pick(input.length)) : input);
      } catch (error) {
        if (!(error instanceof BencodeError)) throw error;
      }
      longest = Math.max(longest, performance.now() - began);
    }
    // 50 ms on a quiet machine, which a collection of garbage alone may take on a busy one.
    expect(longest).toBeLessThan(500);
  });
});
