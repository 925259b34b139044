import { useEffect } from 'react';
import { thisClient } from '../../api/capabilities.js';
import { type ApiClient, useApi } from '../../api/client.js';

/** Glances are no intent. Milliseconds. */
const REST_MS = 400;
/** The server lets go after three minutes; whoever still looks says so in time. */
const REPEAT_MS = 2 * 60_000;

/** While the page of a title is open the server makes it ready to play: the first bytes are there when Play is pressed. */
export function useIntent(mediaId: string): void {
  const api = useApi();
  useEffect(() => {
    let said = false;
    let repeat: ReturnType<typeof setInterval> | undefined;
    const say = () => {
      if (document.hidden) return;
      said = true;
      void tell(api, 'POST', { mediaId, capabilities: thisClient() });
    };
    const rest = setTimeout(() => {
      say();
      repeat = setInterval(say, REPEAT_MS);
    }, REST_MS);
    return () => {
      clearTimeout(rest);
      clearInterval(repeat);
      if (said) void tell(api, 'DELETE');
    };
  }, [api, mediaId]);
}

/** A wish, not a need: nobody waits for the answer, and nobody minds a no. */
async function tell(api: ApiClient, method: 'POST' | 'DELETE', body?: object): Promise<void> {
  try {
    await api.session.fetch(api.url('/playback/intent'), {
      method,
      keepalive: true,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    // The play itself says what is wrong.
  }
}
