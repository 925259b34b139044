/** Values for `bencode`; a map keeps its order, so that tests can break every rule. */
export type Writable = number | string | Uint8Array | readonly Writable[] | { readonly [key: string]: Writable };

/** Encodes for tests, without any check. */
export function bencode(value: Writable): Buffer {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return bencode(Buffer.from(value));
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.from(`${value.length}:`), value]);
  if (isList(value)) return Buffer.concat([Buffer.from('l'), ...value.map(bencode), Buffer.from('e')]);
  const entries = Object.entries(value).flatMap(([key, item]) => [bencode(key), bencode(item)]);
  return Buffer.concat([Buffer.from('d'), ...entries, Buffer.from('e')]);
}

function isList(value: object): value is readonly Writable[] {
  return Array.isArray(value);
}
