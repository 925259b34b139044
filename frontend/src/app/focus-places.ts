import type { AnyRouter } from '@tanstack/react-router';

/**
 * Coming back to a page puts the focus where it was left, so that a remote or a keyboard goes on from there. Cards
 * and buttons worth returning to are named by `data-focus-place`. New pages start at their content.
 */
export function rememberFocus(router: AnyRouter): void {
  const places = new Map<string, string>();

  router.subscribe('onBeforeNavigate', ({ fromLocation }) => {
    const key = fromLocation?.state.__TSR_key;
    const place = document.activeElement?.getAttribute('data-focus-place');
    if (key && place) places.set(key, place);
  });

  router.subscribe('onRendered', ({ fromLocation, toLocation, pathChanged }) => {
    // The first page, or a change of the search words on the same page: the focus stays where it is.
    if (!fromLocation || !pathChanged) return;
    const active = document.activeElement;
    if (active instanceof HTMLInputElement) return;
    const place = places.get(toLocation.state.__TSR_key ?? '');
    const known = place && document.querySelector<HTMLElement>(`[data-focus-place="${CSS.escape(place)}"]`);
    const target = known || document.querySelector<HTMLElement>('main');
    target?.focus({ preventScroll: true });
  });
}
