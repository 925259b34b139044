/** What a key does in the player. Times in seconds, volume 0 to 1, `jump` is a part of the whole. */
export type PlayerAction =
  | { type: 'toggle-play' }
  | { type: 'toggle-mute' }
  | { type: 'toggle-fullscreen' }
  | { type: 'toggle-engine' }
  | { type: 'toggle-keys' }
  | { type: 'next-episode' }
  | { type: 'leave' }
  | { type: 'seek-by'; seconds: number }
  | { type: 'seek-to-part'; part: number }
  | { type: 'change-volume'; by: number };

interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const actions: Readonly<Record<string, PlayerAction>> = {
  ' ': { type: 'toggle-play' },
  k: { type: 'toggle-play' },
  j: { type: 'seek-by', seconds: -10 },
  l: { type: 'seek-by', seconds: 10 },
  arrowleft: { type: 'seek-by', seconds: -5 },
  arrowright: { type: 'seek-by', seconds: 5 },
  arrowup: { type: 'change-volume', by: 0.05 },
  arrowdown: { type: 'change-volume', by: -0.05 },
  home: { type: 'seek-to-part', part: 0 },
  end: { type: 'seek-to-part', part: 1 },
  m: { type: 'toggle-mute' },
  f: { type: 'toggle-fullscreen' },
  n: { type: 'next-episode' },
  i: { type: 'toggle-engine' },
  '?': { type: 'toggle-keys' },
  escape: { type: 'leave' },
};

/** The action of a key, or null. Combinations belong to the browser. */
export function actionForKey({ key, ctrlKey, metaKey, altKey }: KeyPress): PlayerAction | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^[0-9]$/.test(key)) return { type: 'seek-to-part', part: Number(key) / 10 };
  const name = key.toLowerCase();
  return Object.hasOwn(actions, name) ? (actions[name] ?? null) : null;
}

/** For the list under `?`. */
export const keyHelp: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ['Space', 'K'], does: 'Play or pause' },
  { keys: ['J', 'L'], does: '10 seconds back, on' },
  { keys: ['←', '→'], does: '5 seconds back, on' },
  { keys: ['↑', '↓'], does: 'Louder, quieter' },
  { keys: ['0', '…', '9'], does: 'Jump to 0 % … 90 %' },
  { keys: ['M'], does: 'Mute' },
  { keys: ['F'], does: 'Full screen' },
  { keys: ['N'], does: 'Next episode' },
  { keys: ['I'], does: 'What the engine does' },
  { keys: ['?'], does: 'This list' },
  { keys: ['Esc'], does: 'Back' },
];
