import { AppError } from '../errors/app-error.js';
import { EventLoopTurns } from './event-loop-turns.js';

/** Bytes below which a document is parsed without being looked at first: it cannot hold many values. */
const smallBytes = 64 * 1024;
/** Bytes looked at between two turns of the event loop. */
const sliceBytes = 64 * 1024;
/** Commas, colons and opening brackets of one document; an item of the Internet Archive with 5,000 files has 120,000. */
const mostMarks = 150_000;
const mostDepth = 64;

/** A JSON document of a provider that costs more to parse than its answer is worth, or is no JSON. */
export class ForeignJsonError extends AppError {
  override readonly name = 'ForeignJsonError';

  constructor(readonly reason: 'not JSON' | 'too many values' | 'nested too deeply') {
    super('provider-unavailable', `The answer is unusable: ${reason}.`);
  }
}

/**
 * Parses JSON that a provider sent. The cost of `JSON.parse` is that of the values and not of the bytes: 8 MB of keys hold
 * the event loop for half a second. Large documents are therefore counted first, in turns of the event loop.
 * @throws {ForeignJsonError}
 */
export async function parseForeignJson(bytes: Uint8Array): Promise<unknown> {
  if (bytes.length > smallBytes) await countMarks(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's message quotes the document, which is not ours to log.
    throw new ForeignJsonError('not JSON');
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** @throws {ForeignJsonError} */
async function countMarks(bytes: Uint8Array): Promise<void> {
  const turns = new EventLoopTurns();
  let marks = 0;
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (at % sliceBytes === 0) {
      if (marks > mostMarks) throw new ForeignJsonError('too many values');
      await turns.next();
    }
    const byte = bytes[at];
    if (byte === quote) isText = !isText;
    else if (isText) at += byte === backslash ? 1 : 0;
    else if (byte === comma || byte === colon) marks += 1;
    else if (byte === openBracket || byte === openBrace) {
      marks += 1;
      depth += 1;
      if (depth > mostDepth) throw new ForeignJsonError('nested too deeply');
    } else if (byte === closeBracket || byte === closeBrace) depth -= 1;
  }
  if (marks > mostMarks) throw new ForeignJsonError('too many values');
}
