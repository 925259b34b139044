import type { Trakt } from '../../api/types.js';

type Waiting = Trakt['waiting']['items'][number];

/** "Watching Sintel", "Sintel, watched": what Trakt is to be told. */
export function whatWaits({ task, action, progress, title, season, episode }: Waiting): string {
  const name = `${title ?? 'A title'}${season === null || episode === null ? '' : ` S${season} E${episode}`}`;
  if (task === 'watchlist-add') return `${name}, on the watchlist`;
  if (task === 'watchlist-remove') return `${name}, off the watchlist`;
  if (task === 'rating-set') return `${name}, rated ${progress ?? ''}`.trimEnd();
  if (task === 'rating-remove') return `${name}, rating taken back`;
  if (task === 'history-remove') return `${name}, out of the history`;
  if (task === 'history-add' || action === 'stop') return `${name}, watched`;
  return action === 'pause' ? `${name}, paused` : `${name}, playing`;
}

/** What was done where both knew something else, and by which rule. */
export function whatWasDecided({ rule, winner, title, season, episode }: Trakt['decisions'][number]): string {
  const name = `${title ?? 'A title'}${season === null || episode === null ? '' : ` S${season} E${episode}`}`;
  switch (rule) {
    case 'place':
      return winner === 'here'
        ? `${name}: the place here was the later one, and counts.`
        : `${name}: the place at Trakt was the later one, and counts.`;
    case 'rating':
      return winner === 'here'
        ? `${name}: the rating here was the later one, and counts.`
        : `${name}: the rating at Trakt was the later one, and counts.`;
    case 'unmarked':
      return `${name}: watched at Trakt, but marked as not watched or removed here after that. It counts as not watched.`;
    case 'rating-removed':
      return `${name}: the rating was taken back at Trakt, so it is gone here.`;
    case 'clock':
      return `${name}: Trakt says it was watched in the future. It counts as watched when that was read.`;
    case 'play-removed':
      return `${name}: removed at Trakt, so it is out of the history here.`;
    case 'watchlist-removed':
      return `${name}: taken off the watchlist at Trakt, so it is off the one here.`;
    case 'list-removed':
      return `${title ?? 'A list'}: this list is not at Trakt any more, so it is gone here.`;
  }
}

/** How far the reading is; empty when there is none. */
export function howFar({ progress, syncing }: Trakt): string {
  if (!progress || (progress.phase === 'done' && !syncing)) return '';
  if (progress.totalItems === 0) return 'Asking Trakt what changed.';
  const { received, totalItems } = progress;
  return `${received.toLocaleString('en')} of ${totalItems.toLocaleString('en')} plays read.`;
}

const states = {
  pending: '',
  'slow-down': '',
  linked: '',
  unknown: 'Trakt does not know this code any more.',
  used: 'This code was used already.',
  expired: 'The code has expired.',
  denied: 'The connection was refused at Trakt.',
} as const;

/** Why a code came to nothing; empty while it may still. */
export function codeEnded(state: keyof typeof states): string {
  return states[state];
}
