/** What is shown on the page of all titles, as it stands in the address: texts only. */
export interface DiscoverView {
  type?: 'show';
  genre?: string;
  yearFrom?: string;
  yearTo?: string;
  rating?: string;
  language?: string;
  source?: 'public-domain';
  sort?: 'rating' | 'newest' | 'title';
}

/** Reads an address; what makes no sense in it is left out. */
export function parseDiscoverView(search: Partial<Record<string, string>>): DiscoverView {
  const { type, genre = '', yearFrom = '', yearTo = '', rating = '', language = '', source, sort } = search;
  return {
    ...(type === 'show' && { type }),
    ...(/^[\p{L}\p{N}-]{1,64}$/u.test(genre) && { genre }),
    ...(isYear(yearFrom) && { yearFrom }),
    ...(isYear(yearTo) && { yearTo }),
    ...(/^[1-9]$/.test(rating) && { rating }),
    ...(/^[a-z]{2}$/.test(language) && { language }),
    ...(source === 'public-domain' && { source }),
    ...((sort === 'rating' || sort === 'newest' || sort === 'title') && { sort }),
  };
}

function isYear(text: string): boolean {
  return /^\d{4}$/.test(text) && Number(text) >= 1870 && Number(text) <= 2100;
}
