import { useSyncExternalStore } from 'react';
import type { Session, SessionState } from './session.js';

export function useSessionState(session: Session): SessionState {
  return useSyncExternalStore(session.subscribe, session.getState);
}
