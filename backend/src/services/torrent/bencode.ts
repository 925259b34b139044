// Bencode (BEP 3) as strangers send it. Lenient decoders loop or run out of memory on hostile input, so ours is
// strict and bounded, and nothing else decodes what a swarm, a tracker or an upload sent.

export type BencodeValue = number | Uint8Array | BencodeValue[] | BencodeDictionary;

/** Keys are bytes shown as Latin-1, so that no two keys fall together; the keys BitTorrent defines are plain ASCII. */
export type BencodeDictionary = Map<string, BencodeValue>;

/** Half-open byte span of a value in the decoded input. */
export interface Span {
  start: number;
  end: number;
}

export interface BencodeLimits {
  /** Lists and dictionaries inside each other; 64 unless given. */
  maxDepth?: number;
  /** Values and keys in all; 300,000 unless given. */
  maxTokens?: number;
  /** Whether bytes may follow the value, as in BEP 9 messages. */
  allowTrailing?: boolean;
}

export interface Decoded {
  value: BencodeValue;
  /** Where the value ends: the input's length unless `allowTrailing`. */
  end: number;
  /** Where each value of the outermost dictionary lies, by key; its raw bytes are what gets hashed. */
  spans: ReadonlyMap<string, Span>;
}

/** The input is not strict bencode, or larger than the limits. */
export class BencodeError extends Error {
  override readonly name = 'BencodeError';

  constructor(
    reason: string,
    /** Byte the decoder stood at. */
    readonly offset: number,
  ) {
    super(`${reason} at byte ${offset}`);
  }
}

/**
 * Decodes one value. Refuses leading zeros, minus zero, negative or overlong lengths, integers beyond 2^53,
 * repeated keys and bytes after the end. Unsorted keys pass: real files have them.
 * @throws {BencodeError}
 */
export function decodeBencode(input: Uint8Array, limits: BencodeLimits = {}): Decoded {
  const decoder = new Decoder(input, limits.maxDepth ?? 64, limits.maxTokens ?? 300_000);
  const value = decoder.value(0);
  if (decoder.position !== input.length && !limits.allowTrailing) {
    throw new BencodeError('bytes after the end', decoder.position);
  }
  return { value, end: decoder.position, spans: decoder.spans };
}

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const colon = 0x3a;
const dictionaryStart = 0x64;
const endOfType = 0x65;
const integerStart = 0x69;
const listStart = 0x6c;

/** Longest integer worth reading: 2^53 has 16 digits. */
const maxDigits = 16;

class Decoder {
  position = 0;
  readonly spans = new Map<string, Span>();
  private tokens = 0;

  constructor(
    private readonly input: Uint8Array,
    private readonly maxDepth: number,
    private readonly maxTokens: number,
  ) {}

  value(depth: number): BencodeValue {
    const byte = this.input[this.position];
    if (byte === undefined) throw this.error('input ends early');
    if (byte === integerStart) return this.integer();
    if (byte === listStart) return this.list(depth);
    if (byte === dictionaryStart) return this.dictionary(depth);
    if (isDigit(byte)) return this.bytes();
    throw this.error('no value starts here');
  }

  private list(depth: number): BencodeValue[] {
    this.enter(depth);
    const list: BencodeValue[] = [];
    while (!this.atEndOfType()) list.push(this.value(depth + 1));
    return list;
  }

  private dictionary(depth: number): BencodeDictionary {
    this.enter(depth);
    const dictionary: BencodeDictionary = new Map();
    while (!this.atEndOfType()) {
      const byte = this.input[this.position];
      if (byte !== undefined && !isDigit(byte)) throw this.error('a key is no string');
      const key = latin1(this.bytes());
      if (dictionary.has(key)) throw this.error('a key comes twice');
      const start = this.position;
      dictionary.set(key, this.value(depth + 1));
      if (depth === 0) this.spans.set(key, { start, end: this.position });
    }
    return dictionary;
  }

  private integer(): number {
    this.count();
    this.position += 1;
    const negative = this.input[this.position] === minus;
    if (negative) this.position += 1;
    const value = this.digits(endOfType);
    if (negative && value === 0) throw this.error('minus zero');
    return negative ? -value : value;
  }

  private bytes(): Uint8Array {
    this.count();
    const length = this.digits(colon);
    const start = this.position;
    if (length > this.input.length - start) throw this.error('a string is longer than the input');
    this.position = start + length;
    return this.input.subarray(start, this.position);
  }

  /** Reads decimal digits up to and including `terminator`. */
  private digits(terminator: number): number {
    const start = this.position;
    let value = 0;
    for (;;) {
      const byte = this.input[this.position];
      if (byte === undefined) throw this.error('input ends early');
      if (byte === terminator) break;
      if (!isDigit(byte)) throw this.error('not a digit');
      if (this.position - start >= maxDigits) throw this.error('too many digits');
      value = value * 10 + (byte - zero);
      this.position += 1;
    }
    const count = this.position - start;
    if (count === 0) throw this.error('a number without digits');
    if (count > 1 && this.input[start] === zero) throw this.error('a leading zero');
    if (!Number.isSafeInteger(value)) throw this.error('a number too large');
    this.position += 1;
    return value;
  }

  private enter(depth: number): void {
    this.count();
    if (depth >= this.maxDepth) throw this.error('nested too deeply');
    this.position += 1;
  }

  private atEndOfType(): boolean {
    if (this.input[this.position] !== endOfType) return false;
    this.position += 1;
    return true;
  }

  private count(): void {
    this.tokens += 1;
    if (this.tokens > this.maxTokens) throw this.error('too many values');
  }

  private error(reason: string): BencodeError {
    return new BencodeError(reason, this.position);
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
