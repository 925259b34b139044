import type { QueryClient } from '@tanstack/react-query';
import type { StreamEvent } from '../api/event-stream.js';
import type { LiveTurn } from '../api/live-events.js';
import { watchingChanged } from '../api/watching.js';
import { jobsKey } from '../features/jobs/jobs.queries.js';
import { vpnKey } from '../features/vpn/vpn.queries.js';

/** What the server tells as it happens, taken over into what the pages show. */
export function followEvents(queries: QueryClient): (event: StreamEvent | LiveTurn) => void {
  /** What was told first is the state when the stream began, and no news. */
  let watched: string | null = null;
  return (event) => {
    if (event === 'gone') {
      // Asked now, and from then on from time to time.
      void queries.invalidateQueries({ queryKey: vpnKey });
      return;
    }
    if (event === 'back') {
      watched = null;
      void watchingChanged(queries);
      void queries.invalidateQueries({ queryKey: jobsKey });
      return;
    }
    switch (event.event) {
      case 'vpn':
        queries.setQueryData(vpnKey, JSON.parse(event.data));
        break;
      case 'watching':
        if (watched !== null && watched !== event.data) void watchingChanged(queries);
        watched = event.data;
        break;
      case 'jobs':
        void queries.invalidateQueries({ queryKey: jobsKey });
        break;
    }
  };
}
