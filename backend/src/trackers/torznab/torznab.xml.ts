import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { EventLoopTurns } from '../../http-client/event-loop-turns.js';
import { findElements } from './xml-elements.js';

// Feeds in the wild have bare ampersands, control characters and a byte order mark, so the parser is lenient; entities of
// a document type are never expanded, for they can be made to grow without end.

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: true,
  htmlEntities: false,
  isArray: (name) =>
    ['item', 'category', 'subcat'].includes(name) || name.endsWith(':attr') || name === 'attr',
});

const text = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);

const attrSchema = z.object({ '@name': z.string().toLowerCase(), '@value': z.coerce.string() });

const itemSchema = z.looseObject({
  title: z.coerce.string().trim().min(1),
  guid: z.union([text, z.object({ '#text': text }).transform((guid) => guid['#text'])]).catch(undefined),
  link: text,
  comments: text,
  size: text,
  pubDate: text,
  enclosure: z
    .object({ '@url': z.string().optional(), '@length': z.string().optional() })
    .optional()
    .catch(undefined),
});

export interface TorznabItem {
  title: string;
  guid: string | null;
  link: string | null;
  enclosureUrl: string | null;
  enclosureLength: string | null;
  size: string | null;
  pubDate: string | null;
  /** Values by name, in their order; some names repeat. */
  attrs: ReadonlyMap<string, readonly string[]>;
}

export type TorznabDocument =
  | { kind: 'error'; code: number; description: string }
  | { kind: 'caps'; searching: unknown }
  | { kind: 'feed'; items: TorznabItem[] }
  | { kind: 'other' };

/** Most items of one feed that are looked at. */
const mostItems = 1_000;
/** Longest item, bytes. */
const longestElement = 32 * 1024;

/**
 * Reads any answer of a Torznab server. What makes no sense is `other`; a single odd item is left out. Items are parsed
 * one by one in turns of the event loop, so that a large feed neither blocks it nor becomes a tree in memory.
 * @throws the reason of `signal`
 */
export async function parseTorznab(bytes: Uint8Array, signal?: AbortSignal): Promise<TorznabDocument> {
  const { head, elements } = await findElements(bytes, {
    names: ['item', 'searching'],
    most: mostItems,
    longest: longestElement,
    signal,
  });
  const root = parse(head);
  if (!isRecord(root)) return { kind: 'other' };
  if ('error' in root) {
    const error = z.object({
      '@code': z.coerce.number().catch(900),
      '@description': z.coerce.string().catch(''),
    });
    const parsed = error.safeParse(root['error']);
    const { '@code': code, '@description': description } = parsed.data ?? {
      '@code': 900,
      '@description': '',
    };
    return { kind: 'error', code, description: description.slice(0, 200) };
  }
  // A root whose first child is cut out is read as an empty text.
  if ('caps' in root) {
    const [element] = elements;
    const searching = element && parse(element);
    return { kind: 'caps', searching: isRecord(searching) ? searching['searching'] : undefined };
  }
  const feed = root['rss'] ?? root['feed'];
  if (feed === undefined) return { kind: 'other' };
  const rss = isRecord(feed) ? feed : {};
  const channel = rss['channel'];
  const prefixes = attrPrefixes({ ...rss, ...(isRecord(channel) ? channel : {}) });
  return { kind: 'feed', items: await itemsOf(elements, prefixes, signal) };
}

async function itemsOf(
  elements: readonly Uint8Array[],
  prefixes: readonly string[],
  signal: AbortSignal | undefined,
): Promise<TorznabItem[]> {
  const turns = new EventLoopTurns();
  const items: TorznabItem[] = [];
  for (const element of elements) {
    await turns.next();
    signal?.throwIfAborted();
    const parsed = parse(element);
    const [raw] = isRecord(parsed) && Array.isArray(parsed['item']) ? (parsed['item'] as unknown[]) : [];
    const item = toItem(raw, prefixes);
    if (item) items.push(item);
  }
  return items;
}

function parse(bytes: Uint8Array): unknown {
  const source = new TextDecoder('utf-8').decode(bytes);
  // Control characters are not XML at all.
  const clean = withoutDocumentTypes(source.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ''));
  try {
    return parser.parse(clean) as unknown;
  } catch {
    return null;
  }
}

/** Removes what has no business in a feed. A document type that does not end takes the rest with it. */
function withoutDocumentTypes(text: string): string {
  const start = /<!DOCTYPE/gi;
  const parts: string[] = [];
  let position = 0;
  for (let found = start.exec(text); found; found = start.exec(text)) {
    parts.push(text.slice(position, found.index));
    position = endOfDocumentType(text, start.lastIndex);
    start.lastIndex = position;
  }
  return parts.join('') + text.slice(position);
}

/** `<!DOCTYPE name [ internal subset ]>` (XML 1.0 section 2.8). */
function endOfDocumentType(text: string, from: number): number {
  const close = text.indexOf('>', from);
  if (close < 0) return text.length;
  if (!text.slice(from, close).includes('[')) return close + 1;
  const subsetEnd = text.indexOf(']', from);
  const end = subsetEnd < 0 ? -1 : text.indexOf('>', subsetEnd);
  return end < 0 ? text.length : end + 1;
}

const namespaces: ReadonlySet<string> = new Set([
  'http://torznab.com/schemas/2015/feed',
  'http://www.newznab.com/dtd/2010/feeds/attributes/',
]);

/** Which prefixes mean Torznab's or Newznab's attributes: they are free to choose. */
function attrPrefixes(declaring: Record<string, unknown>): string[] {
  const declared = Object.entries(declaring).flatMap(([name, value]) =>
    name.startsWith('@xmlns:') && typeof value === 'string' && namespaces.has(value.toLowerCase())
      ? [`${name.slice('@xmlns:'.length)}:attr`]
      : [],
  );
  return declared.length > 0 ? declared : ['torznab:attr', 'newznab:attr'];
}

function toItem(raw: unknown, prefixes: readonly string[]): TorznabItem | null {
  const parsed = itemSchema.safeParse(raw);
  if (!parsed.success) return null;
  const { title, guid, link, size, pubDate, enclosure } = parsed.data;
  const attrs = new Map<string, string[]>();
  for (const prefix of prefixes) {
    const list = parsed.data[prefix];
    for (const entry of Array.isArray(list) ? list.slice(0, 200) : []) {
      const attr = attrSchema.safeParse(entry);
      if (!attr.success) continue;
      const { '@name': name, '@value': value } = attr.data;
      const values = attrs.get(name);
      if (values) values.push(value);
      else attrs.set(name, [value]);
    }
  }
  return {
    title: title.slice(0, 300),
    guid: guid ?? null,
    link: link ?? null,
    enclosureUrl: enclosure?.['@url'] ?? null,
    enclosureLength: enclosure?.['@length'] ?? null,
    size: size ?? null,
    pubDate: pubDate ?? null,
    attrs,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
