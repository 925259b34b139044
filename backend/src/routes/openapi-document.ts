import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../middleware/app-env.js';
import { FixedResponse } from './fixed-response.js';

/**
 * Publishes the description of the API, made from the schemas that check it. Making it takes tens of milliseconds of the
 * only thread, so it happens once, at the first request, when all routes are registered.
 */
export function publishOpenApi(api: OpenAPIHono<AppEnv>, version: string): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  const makeDocument = () =>
    api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Kinora',
        version,
        description:
          'Films and series straight from the swarm. Errors are problem details (RFC 9457); times are ISO 8601 UTC, durations seconds, sizes bytes.',
        license: { name: 'MIT' },
      },
    });
  const response = new FixedResponse({
    contentType: 'application/json',
    load: () => JSON.stringify(makeDocument()),
  });
  api.get('/api/openapi.json', response.handler);
}
