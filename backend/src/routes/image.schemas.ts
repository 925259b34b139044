import { createRoute, z } from '@hono/zod-openapi';
import { imageFilePattern, imageSizes } from '../services/media/metadata-provider.port.js';
import { problems } from './common.schemas.js';

const picture = { schema: z.string().openapi({ format: 'binary' }) };

export const imageRoute = createRoute({
  method: 'get',
  path: '/images/{provider}/{size}/{file}',
  tags: ['catalogue'],
  summary: 'A picture, fetched from its provider by this server',
  request: {
    params: z.object({
      provider: z
        .string()
        .regex(/^[a-z]{1,20}$/)
        .openapi({ example: 'tmdb' }),
      size: z.enum(imageSizes).openapi({ description: 'Width in pixels' }),
      file: z.string().regex(imageFilePattern).openapi({ example: 'abc.jpg' }),
    }),
  },
  responses: {
    200: {
      description: 'The picture',
      content: { 'image/jpeg': picture, 'image/png': picture, 'image/webp': picture },
    },
    ...problems(400, 404, 502, 504),
  },
});
