import { HttpClient, type HttpClientOptions } from '../http-client/http-client.js';
import { PermittedDispatcher } from '../http-client/permitted.dispatcher.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../logging/metrics.js';
import type { VpnGuard } from '../services/vpn/vpn-guard.service.js';

/** What a provider may be asked, and may answer. */
export type ProviderLimits = Pick<HttpClientOptions, 'budget' | 'maxBytes'>;

/** Clients of one part, which are closed with it. */
export interface OutgoingHttp {
  create: (provider: string, options?: Partial<HttpClientOptions>) => HttpClient;
  close: () => Promise<void>;
}

/** Opens clients; with a guard their requests go the way of the torrents, and wait where those wait. */
export type OpenHttp = (guard?: Pick<VpnGuard, 'onPermission'>) => OutgoingHttp;

export function outgoingHttp({
  version,
  logger,
  metrics,
}: {
  version: string;
  logger: Logger;
  metrics: Metrics;
}): OpenHttp {
  return (guard) => {
    const ends: (() => unknown)[] = [];
    return {
      create: (provider, given = {}) => {
        const dispatcher = guard && new PermittedDispatcher();
        if (guard && dispatcher) ends.push(guard.onPermission((how) => dispatcher.setPermission(how)));
        const client = new HttpClient({
          provider,
          userAgent: `Kinora/${version}`,
          logger,
          ...(dispatcher && { dispatcher }),
          ...given,
          onCall: (outcome, seconds) => metrics.providerCalled(provider, outcome, seconds),
        });
        ends.push(() => client.close());
        return client;
      },
      close: async () => {
        await Promise.all(ends.map((end) => end()));
      },
    };
  };
}
