import { useEffect } from 'react';
import { actionForKey, type PlayerAction } from './player-keys.js';

/** Hands the player's keys to `act`, except where the focused control has its own use for them. */
export function usePlayerKeys(act: (action: PlayerAction) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isUsedByTarget(event)) return;
      const action = actionForKey(event);
      if (!action) return;
      event.preventDefault();
      act(action);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [act]);
}

function isUsedByTarget({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('button, a')) return key === ' ';
  if (target.matches('input[type="range"]')) return /^(Arrow|Home|End|Page)/.test(key);
  return target.matches('input, select, textarea') && key !== 'Escape';
}
