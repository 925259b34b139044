import type { Trakt } from '../../api/types.js';

type Waiting = Trakt['waiting']['items'][number];

/** "Watching Sintel", "Sintel, watched": what Trakt is to be told. */
export function whatWaits({ task, action, title, season, episode }: Waiting): string {
  const name = `${title ?? 'A title'}${season === null || episode === null ? '' : ` S${season} E${episode}`}`;
  if (task === 'history-remove') return `${name}, out of the history`;
  if (task === 'history-add' || action === 'stop') return `${name}, watched`;
  return action === 'pause' ? `${name}, paused` : `${name}, playing`;
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
