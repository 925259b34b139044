/** The number of a TMDB list: given as it is, or as the list's address at themoviedb.org. Null for anything else. */
export function tmdbListId(text: string): string | null {
  const plain = text.trim();
  if (/^\d{1,10}$/.test(plain)) return plain;
  const [, id] =
    /^(?:https?:\/\/)?(?:www\.)?themoviedb\.org\/list\/(\d{1,10})(?:-[^/?#]*)?(?:[/?#].*)?$/i.exec(plain) ??
    [];
  return id ?? null;
}
