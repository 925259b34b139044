import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { AppError } from '../errors/app-error.js';
import type { Logger } from '../logging/logger.js';
import type { AppEnv } from '../middleware/app-env.js';
import { auditRefusals } from '../middleware/audit-refusals.middleware.js';
import { accessControl } from '../middleware/auth.middleware.js';
import { forbidStoring } from '../middleware/cache-policy.middleware.js';
import { entityTags } from '../middleware/etag.middleware.js';
import { knownHost } from '../middleware/known-host.middleware.js';
import { measureRequests } from '../middleware/metrics.middleware.js';
import { limitAddresses, limitRequests } from '../middleware/rate-limit.middleware.js';
import type { RateLimitStore } from '../middleware/rate-limit-store.port.js';
import { requestContext } from '../middleware/request-context.middleware.js';
import type { RefusalLog } from '../services/audit/refusal-log.js';
import type { AuthService } from '../services/auth/auth.service.js';
import type { ReadinessCheck } from '../services/overview/readiness.js';
import { accessRules } from './access-rules.js';
import { type AuditRoutesOptions, createAuditRoutes } from './audit.routes.js';
import { type AuthRoutesOptions, createAuthRoutes } from './auth.routes.js';
import { createApi } from './create-api.js';
import { createDeviceRoutes, type DeviceRoutesOptions } from './device.routes.js';
import { createDiscoverRoutes, type DiscoverRoutesOptions } from './discover.routes.js';
import { createDocsRoutes } from './docs.routes.js';
import { errorHandler, notFoundHandler } from './error-handler.js';
import { createEventsRoutes, type EventsRoutesOptions } from './events.routes.js';
import { createHealthRoutes } from './health.routes.js';
import { createHomeRoutes, type HomeRoutesOptions } from './home.routes.js';
import { createImageRoutes, type ImageRoutesOptions } from './image.routes.js';
import { createIndexerRoutes, type IndexerRoutesOptions } from './indexer.routes.js';
import { createJobRoutes, type JobRoutesOptions } from './job.routes.js';
import { createListRoutes, type ListRoutesOptions } from './list.routes.js';
import { createMetricsRoutes, type MetricsRoutesOptions } from './metrics.routes.js';
import { createMovieRoutes, type MovieRoutesOptions } from './movie.routes.js';
import { publishOpenApi } from './openapi-document.js';
import { createOverviewRoutes, type OverviewRoutesOptions } from './overview.routes.js';
import { createPersonRoutes, type PersonRoutesOptions } from './person.routes.js';
import { createPlaybackRoutes, type PlaybackRoutesOptions } from './playback.routes.js';
import { addressLimit, rateLimits, signInSiteLimit } from './rate-limits.js';
import { createSearchRoutes, type SearchRoutesOptions } from './search.routes.js';
import { createSecondFactorRoutes, type SecondFactorRoutesOptions } from './second-factor.routes.js';
import { securityHeaders } from './security-headers.js';
import { createSecurityTxtRoutes, type SecurityTxtRoutesOptions } from './security-txt.routes.js';
import { createSettingsRoutes, type SettingsRoutesOptions } from './settings.routes.js';
import { createSetupRoutes, type SetupRoutesOptions } from './setup.routes.js';
import { createShowRoutes, type ShowRoutesOptions } from './show.routes.js';
import { createSignInRoutes, type SignInRoutesOptions } from './sign-in.routes.js';
import { createSourceRoutes, type SourceRoutesOptions } from './source.routes.js';
import { createStorageRoutes, type StorageRoutesOptions } from './storage.routes.js';
import { createStreamRoutes, type StreamRoutesOptions } from './stream.routes.js';
import { createTraktRoutes, type TraktRoutesOptions } from './trakt.routes.js';
import { createUserRoutes, type UserRoutesOptions } from './users.routes.js';
import { createVpnRoutes, type VpnRoutesOptions } from './vpn.routes.js';
import { createWatchRoutes, type WatchRoutesOptions } from './watch.routes.js';
import { createWebUiRoutes } from './web-ui.routes.js';

export interface RoutesOptions
  extends AuthRoutesOptions,
    SignInRoutesOptions,
    SecondFactorRoutesOptions,
    SetupRoutesOptions,
    HomeRoutesOptions,
    SearchRoutesOptions,
    MovieRoutesOptions,
    ShowRoutesOptions,
    PersonRoutesOptions,
    ListRoutesOptions,
    DiscoverRoutesOptions,
    ImageRoutesOptions,
    PlaybackRoutesOptions,
    StreamRoutesOptions,
    DeviceRoutesOptions,
    AuditRoutesOptions,
    JobRoutesOptions,
    MetricsRoutesOptions,
    StorageRoutesOptions,
    SourceRoutesOptions,
    IndexerRoutesOptions,
    WatchRoutesOptions,
    TraktRoutesOptions,
    Pick<EventsRoutesOptions, 'watchNews' | 'stopping' | 'rights'>,
    SecurityTxtRoutesOptions,
    SettingsRoutesOptions,
    VpnRoutesOptions,
    OverviewRoutesOptions,
    UserRoutesOptions {
  auth: AuthService;
  logger: Logger;
  trustedProxies: readonly string[];
  allowedHosts: readonly string[];
  refusals: RefusalLog;
  rateLimitStore: RateLimitStore;
  readiness: readonly ReadinessCheck[];
  version: string;
  /** Whether people reach this server by https. */
  https: boolean;
  /** Folder of the built web application; null serves the API alone. */
  webUi: string | null;
}

const bodyLimitBytes = 64 * 1024;
/** What browsers ask for over and over, and what seldom changes. */
const taggedAreas = ['home', 'search', 'movies', 'shows', 'people', 'discover', 'genres'];

/** The whole API, as a table of contents. The order of the middleware is the order of the checks. */
export function createRoutes(options: RoutesOptions) {
  const api = createApi();
  api.onError(errorHandler);
  api.notFound(notFoundHandler);
  // First of all a name for the request, so that everything after it can be found in the log.
  api.use(requestContext({ logger: options.logger, trustedProxies: options.trustedProxies }));
  api.use(measureRequests(options.metrics));
  api.use(securityHeaders({ https: options.https }));
  api.use(forbidStoring());
  api.use(knownHost({ publicUrl: options.publicUrl, allowedHosts: options.allowedHosts }));
  api.use('/api/*', auditRefusals(options.refusals));
  const store = options.rateLimitStore;
  api.use('/api/*', limitAddresses({ store, limit: addressLimit }));
  api.use('/api/*', accessControl(accessRules, options.auth, options.reauthentication));
  const limitOf = ({ var: { rateClass } }: Context<AppEnv>) => ({
    name: rateClass,
    limit: rateLimits[rateClass],
    siteLimit: rateClass === 'sign-in' ? signInSiteLimit : undefined,
  });
  // Otherwise guesses from the same network would keep out somebody who has signed in from this browser before.
  const deviceOf = (context: Context<AppEnv>) =>
    context.var.rateClass === 'sign-in' ? (options.deviceCookie.read(context)?.id ?? null) : null;
  api.use('/api/*', limitRequests({ store, limitOf, deviceOf }));
  // The one route that takes files has a limit of its own.
  api.use('/api/*', except('/api/playback', limitBody));
  for (const area of taggedAreas) api.use(`/api/${area}/*`, entityTags());
  const routes = api
    .route('/', createHealthRoutes(options.readiness))
    .route('/', createMetricsRoutes(options))
    .route('/', createSecurityTxtRoutes(options))
    .route('/api', createSetupRoutes(options))
    .route('/api', createAuthRoutes(options))
    .route('/api', createSignInRoutes(options))
    .route('/api', createSecondFactorRoutes(options))
    .route('/api', createDeviceRoutes(options))
    .route('/api', createUserRoutes(options))
    .route('/api', createAuditRoutes(options))
    .route('/api', createHomeRoutes(options))
    .route('/api', createSearchRoutes(options))
    .route('/api', createMovieRoutes(options))
    .route('/api', createDiscoverRoutes(options))
    .route('/api', createListRoutes(options))
    .route('/api', createPersonRoutes(options))
    .route('/api', createShowRoutes(options))
    .route('/api', createSourceRoutes(options))
    .route('/api', createIndexerRoutes(options))
    .route('/api', createImageRoutes(options))
    .route('/api', createPlaybackRoutes(options))
    .route('/api', createEventsRoutes(options))
    .route('/api', createStreamRoutes(options))
    .route('/api', createStorageRoutes(options))
    .route('/api', createJobRoutes(options))
    .route('/api', createTraktRoutes(options))
    .route('/api', createWatchRoutes(options))
    .route('/api', createSettingsRoutes(options))
    .route('/api', createVpnRoutes(options))
    .route('/api', createOverviewRoutes(options));
  publishOpenApi(api, options.version);
  api.route('/api/docs', createDocsRoutes());
  if (options.webUi !== null) api.route('/', createWebUiRoutes(options.webUi));
  return routes;
}

const limitBody = bodyLimit({
  maxSize: bodyLimitBytes,
  onError: () => {
    throw new AppError('payload-too-large', 'The request body is too large.');
  },
});

export type Api = ReturnType<typeof createRoutes>;
