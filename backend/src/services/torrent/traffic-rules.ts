import type { SeedingRules } from './seeding-rules.js';

/** How much of the line torrents may take. What is left out is not limited. Holds from the moment it is told. */
export interface TrafficRules {
  /** Bytes per second, of all peers together. */
  uploadLimit?: number | undefined;
  downloadLimit?: number | undefined;
  /** How much is given back. */
  seeding?: SeedingRules | undefined;
}
