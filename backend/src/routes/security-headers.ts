import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv } from '../middleware/app-env.js';

/** Starts from nothing and allows only what this server itself sends. */
const contentPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  mediaSrc: ["'self'", 'blob:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** Headers for every answer. The viewer of the API's description alone may style itself as it likes. */
export function securityHeaders({ https }: { https: boolean }): MiddlewareHandler<AppEnv> {
  const rest: Parameters<typeof secureHeaders>[0] = {
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    xContentTypeOptions: 'nosniff',
    strictTransportSecurity: https ? 'max-age=31536000' : false,
    permissionsPolicy: {
      camera: [],
      microphone: [],
      geolocation: [],
      fullscreen: ['self'],
      pictureInPicture: ['self'],
    },
  };
  const pages = secureHeaders({
    contentSecurityPolicy: { ...contentPolicy, requireTrustedTypesFor: ["'script'"] },
    ...rest,
  });
  const viewer = secureHeaders({
    contentSecurityPolicy: { ...contentPolicy, styleSrc: ["'self'", "'unsafe-inline'"] },
    ...rest,
  });
  return (context, next) => (context.req.path.startsWith('/api/docs') ? viewer : pages)(context, next);
}
