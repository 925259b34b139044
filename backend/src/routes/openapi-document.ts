import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../middleware/app-env.js';

/** Publishes the description of the API, made from the very schemas that check it. */
export function publishOpenApi(api: OpenAPIHono<AppEnv>, version: string): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  api.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Kinora',
      version,
      description:
        'Films and series straight from the swarm. Errors are problem details (RFC 9457); times are ISO 8601 UTC, durations seconds, sizes bytes.',
      license: { name: 'MIT' },
    },
  });
}
