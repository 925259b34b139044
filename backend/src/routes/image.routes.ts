import type { ImageService } from '../services/media/image.service.js';
import { createApi } from './create-api.js';
import { imageRoute } from './image.schemas.js';

export interface ImageRoutesOptions {
  images: ImageService;
}

export function createImageRoutes({ images }: ImageRoutesOptions) {
  return createApi().openapi(imageRoute, async (context) => {
    const webp = context.req.header('Accept')?.includes('image/webp') ?? false;
    const { bytes, contentType } = await images.getImage({ ...context.req.valid('param'), webp });
    context.header('Vary', 'Accept', { append: true });
    return context.body(new Uint8Array(bytes), 200, {
      'Content-Type': contentType,
      'Content-Length': String(bytes.byteLength),
      // A provider gives a changed picture a new name.
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
    });
  });
}
