import type { HttpBindings } from '@hono/node-server';
import type { Logger } from '../logging/logger.js';
import type { Principal } from '../services/auth/principal.js';
import type { RateClass } from './rate-class.js';
import type { Quota } from './rate-limit-store.port.js';

/** What middleware puts on a request for what comes after it. */
export interface AppVariables {
  /** Made here, never taken from the client. */
  requestId: string;
  /** Names the request in every line. */
  logger: Logger;
  /** Address of the client, seen through trusted proxies only. */
  clientAddress: string;
  /** Null on public routes. Where a user is needed, take it with `requireUser`. */
  principal: Principal | null;
  /** Which quota the request counts against; known once its access rule is. */
  rateClass: RateClass;
  /** The quota of its address, while that has yet to be counted. */
  uncounted: Quota | null;
}

export interface AppEnv {
  Bindings: Partial<HttpBindings>;
  Variables: AppVariables;
}
