import { useSyncExternalStore } from 'react';

/** Whether the page has left its top. */
export function useIsScrolled(): boolean {
  return useSyncExternalStore(subscribe, () => scrollY > 24);
}

function subscribe(listener: () => void): () => void {
  addEventListener('scroll', listener, { passive: true });
  return () => removeEventListener('scroll', listener);
}
