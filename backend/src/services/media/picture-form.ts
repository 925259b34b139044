import sharp from 'sharp';
import type { Image } from './metadata-provider.port.js';

/** More than any poster or backdrop has; a decoder must not be fed a picture that unpacks to gigabytes. */
const limitInputPixels = 40_000_000;

/** The picture as WebP where that is smaller; as it is otherwise, also when it cannot be read. */
export async function smaller(image: Image): Promise<Image> {
  if (image.contentType === 'image/webp') return image;
  try {
    const bytes = await sharp(image.bytes, { limitInputPixels }).webp({ quality: 78, effort: 3 }).toBuffer();
    return bytes.byteLength < image.bytes.byteLength * 0.95 ? { bytes, contentType: 'image/webp' } : image;
  } catch {
    return image;
  }
}

/** Its mean colour, `203040`; dark grey for what cannot be read. */
export async function meanColor({ bytes }: Image): Promise<string> {
  try {
    const pixel = await sharp(bytes, { limitInputPixels })
      .flatten()
      .toColourspace('srgb')
      .resize(1, 1)
      .raw()
      .toBuffer();
    return pixel.subarray(0, 3).toString('hex').padEnd(6, '0');
  } catch {
    return '202020';
  }
}
