import { type RouterHistory, redirect } from '@tanstack/react-router';
import { type LocalPath, localPath } from '../ui/addresses.js';
import type { AddressSearch } from './search-part.js';

/** Search of the sign-in pages. */
export interface NextSearch {
  /** The page to open after the sign-in. */
  next?: string;
}

export function parseNext(search: AddressSearch): NextSearch {
  const next = localPath(search['next']);
  return next === null ? {} : { next };
}

/** Page to open after the sign-in: the home page unless the address names another page of this server. */
function pageAfterSignIn(search: NextSearch): LocalPath | '/' {
  // Parsed here again: what the router holds as search is not always what `parseNext` returned.
  return localPath(search.next) ?? '/';
}

/** Ends the loading of a page and opens the one after the sign-in. */
export function redirectAfterSignIn(search: NextSearch): void {
  redirect({ href: pageAfterSignIn(search), replace: true, throw: true });
}

/** Opens the page after the sign-in, in place of the present one. */
export function openAfterSignIn(history: RouterHistory, search: NextSearch): void {
  history.replace(pageAfterSignIn(search));
}
