import type { ApiClient } from '../api/client.js';
import { progressQueue } from '../api/watching.js';

/** Sends what an earlier page could not: after the sign-in, and whenever the network is back. */
export function sendWaitingProgress(api: ApiClient): void {
  const send = () => void progressQueue(api)?.flush();
  api.session.subscribe(send);
  addEventListener('online', send);
}
