import type { CSSProperties } from 'react';

export interface TitleColour {
  /** Degrees. */
  hue: number;
  /** Which of the four posters is drawn. */
  shape: 0 | 1 | 2 | 3;
}

/** The colour of a film without pictures: the same title looks the same everywhere, on every visit. */
export function titleColour(title: string): TitleColour {
  // FNV-1a: short, and close titles land far apart.
  let hash = 0x811c9dc5;
  for (const character of title) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return { hue: hash % 360, shape: shapes[(hash >>> 12) % shapes.length] ?? 0 };
}

/** Hands the hue to the style sheets. */
export function hueStyle(title: string): CSSProperties & { '--hue': number } {
  return { '--hue': titleColour(title).hue };
}

const shapes = [0, 1, 2, 3] as const;
