/** The part of an address after the question mark, as plain text: `?q=1984` is the text 1984. */
export type AddressSearch = Partial<Record<string, string>>;

export function parseSearch(text: string): AddressSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * Makes a search validator of a parser. The router merges what a validator returns over the search as it was typed,
 * so that a key the parser left out would come back unchecked: such keys become undefined here.
 */
export function onlyParsed<T extends object>(
  parse: (search: AddressSearch) => T,
): (search: Record<string, unknown>) => T {
  return (search) => {
    const texts: AddressSearch = {};
    const dropped: Record<string, undefined> = {};
    for (const [key, value] of Object.entries(search)) {
      dropped[key] = undefined;
      if (typeof value === 'string') texts[key] = value;
    }
    return { ...dropped, ...parse(texts) };
  };
}

/** Only text is written; the router's own default would put quotes around what looks like a number. */
export function stringifySearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const text = new URLSearchParams(entries).toString();
  return text === '' ? '' : `?${text}`;
}
