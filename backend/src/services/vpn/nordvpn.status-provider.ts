import { z } from 'zod';
import type { HttpClient } from '../../http-client/http-client.js';
import type { VpnStatusAnswer, VpnStatusProvider } from './vpn-status-provider.port.js';

/**
 * Only `protected` decides. The rest differs between the two endpoints and from day to day; what is not understood of the
 * address is left out.
 */
const answerSchema = z.object({
  protected: z.boolean(),
  ip: z.union([z.ipv4(), z.ipv6()]).nullable().catch(null).default(null),
});

/** What the official client asks first, then the other endpoint; each on its own host. */
const addresses = [
  'https://api.nordvpn.com/v1/helpers/ips/insights',
  'https://web-api.nordvpn.com/v1/ips/info',
] as const;

const timeoutMs = 5_000;

/**
 * NordVPN's public status of the address a request comes from. Nobody has promised these endpoints: they need no key, and
 * are known from the official Linux client.
 */
export class NordVpnStatusProvider implements VpnStatusProvider {
  readonly name = 'NordVPN';
  private readonly urls: readonly URL[];

  /** @param baseUrl in place of both real hosts; undefined for those */
  constructor(
    private readonly http: HttpClient,
    baseUrl: string | undefined,
  ) {
    this.urls = addresses.map((address) =>
      baseUrl === undefined ? new URL(address) : new URL(`${baseUrl}${new URL(address).pathname}`),
    );
  }

  async ask(signal: AbortSignal): Promise<VpnStatusAnswer> {
    let failure: unknown;
    for (const url of this.urls) {
      try {
        const { protected: isProtected, ip } = await this.http.getJson(url, answerSchema, {
          signal,
          timeoutMs,
        });
        return { isProtected, address: ip };
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw failure;
  }
}
