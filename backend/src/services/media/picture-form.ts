import type { Sharp } from 'sharp';
import type { Image } from './metadata-provider.port.js';

/** More than any poster or backdrop has; a decoder must not be fed a picture that unpacks to gigabytes. */
const limitInputPixels = 40_000_000;

/** The picture as WebP where that is smaller; as it is otherwise, also when it cannot be read. */
export async function smaller(image: Image): Promise<Image> {
  if (image.contentType === 'image/webp') return image;
  try {
    const picture = await opened(image.bytes);
    const bytes = await picture.webp({ quality: 78, effort: 3 }).toBuffer();
    return bytes.byteLength < image.bytes.byteLength * 0.95 ? { bytes, contentType: 'image/webp' } : image;
  } catch {
    return image;
  }
}

/** Its mean colour, `203040`; dark grey for what cannot be read. */
export async function meanColor({ bytes }: Image): Promise<string> {
  try {
    const picture = await opened(bytes);
    const pixel = await picture.flatten().toColourspace('srgb').resize(1, 1).raw().toBuffer();
    return pixel.subarray(0, 3).toString('hex').padEnd(6, '0');
  } catch {
    return '202020';
  }
}

/** The decoder takes 20 MB of memory, so that it is loaded with the first picture. */
async function opened(bytes: Uint8Array): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  return sharp(bytes, { limitInputPixels });
}
