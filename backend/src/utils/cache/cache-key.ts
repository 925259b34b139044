declare const valueType: unique symbol;

/** Names what is remembered, and tells the type of it. */
export interface CacheKey<T> {
  /** The part of the product it belongs to, by which hits are counted: `search`. */
  readonly area: string;
  readonly name: string;
  /** What it was made from: `title:<id>`. Whatever has a tag is forgotten together. */
  readonly tags: readonly string[];
  readonly [valueType]?: T;
}

/** Keys of one area and one type. Parts are kept apart whatever is in them. */
export function cacheKeys<T>(area: string) {
  return (parts: readonly (string | number | null)[], tags: readonly string[] = []): CacheKey<T> => ({
    area,
    name: `${area}:${JSON.stringify(parts)}`,
    tags,
  });
}

/** The tag of all that was made from a title. */
export function titleTag(mediaId: string): string {
  return `title:${mediaId}`;
}
