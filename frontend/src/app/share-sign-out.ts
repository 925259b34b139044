import type { Session } from '../api/session.js';

/** Signing out in one tab signs the other tabs out too: their access tokens would outlive the wish. */
export function shareSignOut(session: Session): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel('kinora-session');
  let before = session.getState().status;
  let heard = false;
  session.subscribe(() => {
    const { status } = session.getState();
    if (before === 'signed-in' && status === 'signed-out' && !heard) channel.postMessage('signed-out');
    before = status;
  });
  channel.addEventListener('message', () => {
    if (session.getState().status !== 'signed-in') return;
    heard = true;
    session.forget();
    heard = false;
  });
}
