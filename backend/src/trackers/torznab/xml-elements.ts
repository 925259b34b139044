import { EventLoopTurns } from '../../http-client/event-loop-turns.js';

export interface ElementSearch {
  /** Elements to cut out, by name. They may not contain each other: an opening tag inside one starts anew. */
  names: readonly string[];
  /** Maximum number of elements; the rest of the document is not read. */
  most: number;
  /** Longest element, bytes. Longer ones are left out. */
  longest: number;
  signal?: AbortSignal | undefined;
}

export interface FoundElements {
  /** What precedes the first element, cut after a tag: at most 16 KiB. */
  head: Uint8Array;
  /** Each from its opening to its closing tag, in document order. */
  elements: Uint8Array[];
}

/**
 * Cuts elements out of an XML document without building a tree, so that each can be parsed alone: memory is bounded by
 * one element and the event loop turns in between. Looks at each byte once. Comments, character data and processing
 * instructions are skipped; whatever of them does not end takes the rest of the document.
 */
export async function findElements(
  document: Uint8Array,
  { names, most, longest, signal }: ElementSearch,
): Promise<FoundElements> {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  const turns = new EventLoopTurns();
  const elements: Uint8Array[] = [];
  let headEnd = bytes.length;
  let open: { name: string; start: number } | null = null;
  let looked = 0;
  for (let at = bytes.indexOf('<'); at >= 0 && elements.length < most; ) {
    looked += 1;
    if (looked % 1_000 === 0) {
      signal?.throwIfAborted();
      await turns.next();
    }
    const next = afterSpecial(bytes, at);
    if (next === null) break;
    if (next > at) {
      at = bytes.indexOf('<', next);
      continue;
    }
    const isClosing = bytes[at + 1] === slash;
    const name = names.find((candidate) => isNamed(bytes, at + (isClosing ? 2 : 1), candidate));
    if (name !== undefined && !isClosing) {
      headEnd = Math.min(headEnd, at);
      open = { name, start: at };
    } else if (name !== undefined && open?.name === name) {
      const end = bytes.indexOf('>', at) + 1;
      // No tag ends any more, so looking on would cost another scan for each that opens.
      if (end === 0) break;
      if (end - open.start <= longest) elements.push(bytes.subarray(open.start, end));
      open = null;
    }
    at = bytes.indexOf('<', at + 1);
  }
  return { head: bytes.subarray(0, headLength(bytes, headEnd)), elements };
}

/** Longest head, bytes: it names the document and its namespaces. */
const longestHead = 16 * 1024;

function headLength(bytes: Buffer, end: number): number {
  return end <= longestHead ? end : bytes.lastIndexOf('>', longestHead) + 1;
}

const slash = 0x2f;
const exclamation = 0x21;
const question = 0x3f;

/** Where a comment, character data or an instruction that starts here ends; `at` when none does, null when it never ends. */
function afterSpecial(bytes: Buffer, at: number): number | null {
  const second = bytes[at + 1];
  if (second !== exclamation && second !== question) return at;
  const mark =
    second === question
      ? '?>'
      : startsWith(bytes, at, '<!--')
        ? '-->'
        : startsWith(bytes, at, '<![CDATA[')
          ? ']]>'
          : '>';
  const end = bytes.indexOf(mark, at + 2);
  return end < 0 ? null : end + mark.length;
}

function startsWith(bytes: Buffer, at: number, text: string): boolean {
  return bytes.toString('latin1', at, at + text.length) === text;
}

/** Whether a name stands here, and not only the beginning of a longer one. */
function isNamed(bytes: Buffer, at: number, name: string): boolean {
  if (!startsWith(bytes, at, name)) return false;
  return /^[\s/>]?$/.test(bytes.toString('latin1', at + name.length, at + name.length + 1));
}
