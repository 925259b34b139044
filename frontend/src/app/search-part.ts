/** The part of an address after the question mark, as plain text: `?q=1984` is the text 1984. */
export type AddressSearch = Partial<Record<string, string>>;

export function parseSearch(text: string): AddressSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Only text is written; the router's own default would put quotes around what looks like a number. */
export function stringifySearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const text = new URLSearchParams(entries).toString();
  return text === '' ? '' : `?${text}`;
}
