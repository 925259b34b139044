export type Direction = 'up' | 'down' | 'left' | 'right';

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * The box an arrow key leads to, or -1. Sideways stays in the line (what overlaps in height); up and down take the
 * nearest line, and in it what is closest above or below.
 */
export function nearestInDirection(from: Box, boxes: readonly Box[], direction: Direction): number {
  let best = -1;
  let bestCost = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const cost = costOf(from, box, direction);
    if (cost < bestCost) {
      best = index;
      bestCost = cost;
    }
  });
  return best;
}

/** Down and up weigh distance far more than sideways drift, so that no line is jumped over. */
const LINE_WEIGHT = 4;

function costOf(from: Box, to: Box, direction: Direction): number {
  switch (direction) {
    case 'left':
    case 'right': {
      const gap = direction === 'right' ? centreX(to) - centreX(from) : centreX(from) - centreX(to);
      const overlap = Math.min(from.bottom, to.bottom) - Math.max(from.top, to.top);
      return gap > 1 && overlap > 0 ? gap : Number.POSITIVE_INFINITY;
    }
    case 'up':
    case 'down': {
      const gap = direction === 'down' ? to.top - from.bottom : from.top - to.bottom;
      const drift = Math.max(0, to.left - centreX(from), centreX(from) - to.right);
      return gap > -4 ? Math.max(0, gap) * LINE_WEIGHT + drift : Number.POSITIVE_INFINITY;
    }
  }
}

function centreX(box: Box): number {
  return (box.left + box.right) / 2;
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), [tabindex="0"]';
/** These have their own use for all arrows; a line of text only for the sideways ones. */
const ownArrows =
  'input[type="range"], input[type="radio"], textarea, select, [role="slider"], [role="menu"], [role="menu"] *';
const ownSidewaysArrows = 'input:not([type="file"], [type="checkbox"])';

/** Arrow keys move the focus as the eye expects, on every page. Does nothing until something has the focus. */
export function handleArrowKey(event: KeyboardEvent): void {
  const direction = directions[event.key];
  const active = document.activeElement;
  if (
    !direction ||
    event.defaultPrevented ||
    event.altKey ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey
  )
    return;
  if (!active || active === document.body || active.matches(ownArrows)) return;
  if ((direction === 'left' || direction === 'right') && active.matches(ownSidewaysArrows)) return;
  const scope = document.querySelector('dialog[open], [popover]:popover-open') ?? document.body;
  const candidates = [...scope.querySelectorAll<HTMLElement>(focusable)].filter(
    (element) => element !== active && element.tabIndex >= 0 && element.checkVisibility(),
  );
  const boxes = candidates.map((element) => element.getBoundingClientRect());
  const target = candidates[nearestInDirection(active.getBoundingClientRect(), boxes, direction)];
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
  target.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior });
}
