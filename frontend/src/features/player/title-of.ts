/** What plays, for people: the film, or the series and which episode; null while that is not known. */
export function titleOf(
  media: { title: string } | null,
  place: { season: number; episode: number } | undefined,
): string | null {
  if (media === null) return null;
  return place ? `${media.title} S${place.season} E${place.episode}` : media.title;
}
