import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

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

/** Reads any answer of a Torznab server. What makes no sense is `other`; a single odd item is left out. */
export function parseTorznab(bytes: Uint8Array): TorznabDocument {
  const root = parse(bytes);
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
  if (isRecord(root['caps'])) return { kind: 'caps', searching: root['caps']['searching'] };
  const rss = root['rss'] ?? root['feed'];
  if (!isRecord(rss)) return { kind: 'other' };
  const channel = rss['channel'];
  const items = isRecord(channel) && Array.isArray(channel['item']) ? channel['item'] : [];
  const prefixes = attrPrefixes({ ...rss, ...(isRecord(channel) ? channel : {}) });
  return {
    kind: 'feed',
    items: items.slice(0, mostItems).flatMap((item: unknown) => toItem(item, prefixes) ?? []),
  };
}

function parse(bytes: Uint8Array): unknown {
  const source = new TextDecoder('utf-8').decode(bytes).replace(/^\uFEFF/, '');
  // Control characters are not XML at all, and a document type has no business in a feed.
  const clean = source
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replaceAll(/<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>/gi, '');
  try {
    return parser.parse(clean) as unknown;
  } catch {
    return null;
  }
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
      attrs.set(name, [...(attrs.get(name) ?? []), value]);
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
