// A clock that people can read, drawn from boxes: no font has to be installed.

/** Which digits light a segment: top, top right, bottom right, bottom, bottom left, top left, middle. */
const LIT_BY: readonly (readonly number[])[] = [
  [0, 2, 3, 5, 6, 7, 8, 9],
  [0, 1, 2, 3, 4, 7, 8, 9],
  [0, 1, 3, 4, 5, 6, 7, 8, 9],
  [0, 2, 3, 5, 6, 8, 9],
  [0, 2, 6, 8],
  [0, 4, 5, 6, 8, 9],
  [2, 3, 4, 5, 6, 8, 9],
];

/** ffmpeg video filters that draw the running time as `mm:ss` in the middle of the picture. */
export function clockFilter(size: { width: number; height: number; frameRate: number }): string {
  const digit = Math.round(size.height / 9);
  const stroke = Math.max(2, Math.round(digit / 7));
  const advance = Math.round(digit * 1.6);
  const colon = stroke * 4;
  const left = Math.round((size.width - 4 * advance - colon + (advance - digit)) / 2);
  const top = Math.round(size.height / 2 - digit);
  const second = `floor(t+${(0.5 / size.frameRate).toFixed(5)})`;
  const digits = [
    { x: left, value: `mod(floor(${second}/600),10)` },
    { x: left + advance, value: `mod(floor(${second}/60),10)` },
    { x: left + 2 * advance + colon, value: `mod(floor(${second}/10),6)` },
    { x: left + 3 * advance + colon, value: `mod(${second},10)` },
  ];
  const box = (x: number, y: number, w: number, h: number, enable?: string): string =>
    `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:color=white@0.85:t=fill` +
    (enable === undefined ? '' : `:enable='${enable}'`);

  const dots = [0.5, 1.5].map((share) =>
    box(
      left + Math.round((3 * advance + digit + colon - stroke) / 2),
      top + Math.round(digit * share),
      stroke,
      stroke,
    ),
  );
  const segments = digits.flatMap(({ x, value }) =>
    LIT_BY.map((lit, segment) => {
      const place = segmentBox(segment, { x, y: top, size: digit, stroke });
      return box(place.x, place.y, place.w, place.h, lit.map((d) => `eq(${value},${d})`).join('+'));
    }),
  );
  return [...dots, ...segments].join(',');
}

function segmentBox(
  segment: number,
  at: { x: number; y: number; size: number; stroke: number },
): { x: number; y: number; w: number; h: number } {
  const { x, y, size, stroke } = at;
  const right = x + size - stroke;
  const height = 2 * size;
  // Strokes end where their neighbours begin: they are translucent, an overlap would show.
  const upper = { y: y + stroke, h: size - stroke - Math.floor(stroke / 2) };
  const lower = { y: y + size + Math.ceil(stroke / 2), h: size - stroke - Math.ceil(stroke / 2) };
  switch (segment) {
    case 0:
      return { x, y, w: size, h: stroke };
    case 1:
      return { x: right, w: stroke, ...upper };
    case 2:
      return { x: right, w: stroke, ...lower };
    case 3:
      return { x, y: y + height - stroke, w: size, h: stroke };
    case 4:
      return { x, w: stroke, ...lower };
    case 5:
      return { x, w: stroke, ...upper };
    default:
      return { x, y: y + size - Math.floor(stroke / 2), w: size, h: stroke };
  }
}
