import { isObject, type Json } from './fixtures.js';
import { drawPicture } from './picture.js';

const PICTURES_KEPT = 200;
/** Width over height of each family of images. */
const SHAPES: readonly [RegExp, number][] = [
  [/poster|profile/, 2 / 3],
  [/backdrop|still/, 16 / 9],
  [/logo/, 5 / 2],
];

/** Draws the images whose paths occur in the fixtures, in the asked size; a path that occurs nowhere is a poster. */
export class TmdbImages {
  readonly #ratios = new Map<string, number>();
  readonly #drawn = new Map<string, Uint8Array>();

  /** Learns the image paths inside a provider's answer. */
  learn(value: Json, family = ''): void {
    if (Array.isArray(value)) {
      for (const item of value) this.learn(item, family);
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) this.learn(inner, key === 'file_path' ? family : key);
    } else if (typeof value === 'string' && value.startsWith('/')) {
      const shape = SHAPES.find(([pattern]) => pattern.test(family));
      if (shape !== undefined) this.#ratios.set(value, shape[1]);
    }
  }

  /** @param size `w342`, `h632` or `original` */
  draw(size: string, path: string): Uint8Array {
    const key = `${size}${path}`;
    const known = this.#drawn.get(key);
    if (known !== undefined) return known;
    const picture = drawPicture(path, this.#pixels(size, this.#ratios.get(path) ?? 2 / 3));
    const oldest = this.#drawn.keys().next();
    if (this.#drawn.size >= PICTURES_KEPT && oldest.done !== true) this.#drawn.delete(oldest.value);
    this.#drawn.set(key, picture);
    return picture;
  }

  #pixels(size: string, ratio: number): { width: number; height: number } {
    const asked = Math.min(1_280, Math.max(1, Number(size.slice(1)) || 0));
    if (/^h\d+$/.test(size)) return { width: Math.max(1, Math.round(asked * ratio)), height: asked };
    const width = /^w\d+$/.test(size) ? asked : ratio < 1 ? 780 : 1_280;
    return { width, height: Math.max(1, Math.round(width / ratio)) };
  }
}
