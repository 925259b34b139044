// The film's running time as black and white cells burned into the picture, so that a program that sees a frame
// can tell which second it shows. This file imports nothing: `decodeTimecode` also runs inside a web page.

/** Where the cells are. Shares of the picture, so that a scaled copy of a frame decodes as well. */
export interface TimecodeLayout {
  /** Left edge of the first cell and top edge of the row, 0 to 1. */
  left: number;
  top: number;
  cellWidth: number;
  cellHeight: number;
  /** Cells that carry whole seconds, most significant first. */
  dataCells: number;
}

/** What a canvas gives: RGBA, four bytes a pixel, row by row. */
export interface PixelImage {
  data: ArrayLike<number>;
  width: number;
  height: number;
}

/**
 * One row: white, black (these two tell what white and black became on the way), 12 data cells, a parity cell.
 * 32 x 32 pixels each in the film of 640 x 360. Twelve bits last 68 minutes.
 */
export const TIMECODE_LAYOUT: TimecodeLayout = {
  left: 80 / 640,
  top: 16 / 360,
  cellWidth: 32 / 640,
  cellHeight: 32 / 360,
  dataCells: 12,
};

/**
 * ffmpeg video filters that draw the cells for `floor(t)` seconds.
 * @param size picture in pixels; the cells should come out at 24 pixels or more, to survive compression
 */
export function timecodeFilter(
  size: { width: number; height: number; frameRate: number },
  layout: TimecodeLayout = TIMECODE_LAYOUT,
): string {
  const width = Math.round(layout.cellWidth * size.width);
  const height = Math.round(layout.cellHeight * size.height);
  const left = Math.round(layout.left * size.width);
  const top = Math.round(layout.top * size.height);
  const box = (index: number, count: number, color: string, enable?: string): string =>
    `drawbox=x=${left + index * width}:y=${top}:w=${width * count}:h=${height}:color=${color}:t=fill` +
    (enable === undefined ? '' : `:enable='${enable}'`);

  // Half a frame is added because a frame at exactly N seconds can reach the filter as a hair less than N.
  const second = `floor(t+${(0.5 / size.frameRate).toFixed(5)})`;
  const bits = Array.from({ length: layout.dataCells }, (_, cell) => {
    const weight = 2 ** (layout.dataCells - 1 - cell);
    return `mod(floor(${second}/${weight}),2)`;
  });
  const parity = `mod(${bits.join('+')},2)`;
  return [
    box(0, layout.dataCells + 3, 'black'),
    box(0, 1, 'white'),
    ...bits.map((bit, cell) => box(cell + 2, 1, 'white', bit)),
    box(layout.dataCells + 2, 1, 'white', parity),
  ].join(',');
}

/**
 * Whole seconds shown by a frame, or null when the picture carries no readable timecode.
 *
 * Self-contained on purpose (no named inner functions either, which some compilers wrap with a call to a helper):
 * its source text can be evaluated in a page, with the layout as an argument.
 */
export function decodeTimecode(image: PixelImage, layout: TimecodeLayout = TIMECODE_LAYOUT): number | null {
  const luma: number[] = [];
  const cells = layout.dataCells + 3;
  for (let cell = 0; cell < cells; cell += 1) {
    // The middle half of each cell: edges blur.
    const x0 = Math.round((layout.left + (cell + 0.25) * layout.cellWidth) * image.width);
    const x1 = Math.round((layout.left + (cell + 0.75) * layout.cellWidth) * image.width);
    const y0 = Math.round((layout.top + 0.25 * layout.cellHeight) * image.height);
    const y1 = Math.round((layout.top + 0.75 * layout.cellHeight) * image.height);
    let sum = 0;
    let count = 0;
    for (let y = y0; y < y1; y += 1) {
      for (let x = x0; x < x1; x += 1) {
        const at = (y * image.width + x) * 4;
        sum +=
          0.299 * (image.data[at] ?? 0) +
          0.587 * (image.data[at + 1] ?? 0) +
          0.114 * (image.data[at + 2] ?? 0);
        count += 1;
      }
    }
    luma.push(count === 0 ? 0 : sum / count);
  }

  const white = luma[0] ?? 0;
  const black = luma[1] ?? 0;
  if (white - black < 100) return null;
  let seconds = 0;
  let ones = 0;
  for (let cell = 2; cell < cells; cell += 1) {
    const level = ((luma[cell] ?? 0) - black) / (white - black);
    if (level > 0.3 && level < 0.7) return null;
    const bit = level >= 0.7 ? 1 : 0;
    ones += bit;
    if (cell < cells - 1) seconds = seconds * 2 + bit;
  }
  return ones % 2 === 0 ? seconds : null;
}

/**
 * Source text of a function `(video: HTMLVideoElement) => number | null` for the page:
 * `` page.evaluate(`(${timecodeReaderSource()})(document.querySelector('video'))`) ``.
 */
export function timecodeReaderSource(): string {
  return `(video) => {
    if (!video || !video.videoWidth) return null;
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    return (${decodeTimecode.toString()})(image, ${JSON.stringify(TIMECODE_LAYOUT)});
  }`;
}
