import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { crc32Of } from './crc32.js';

/**
 * A calm picture as PNG (W3C PNG specification): a gradient in a colour that follows from `name`, with a soft lighter
 * band across it. The same name always looks the same.
 * @param size pixels, at least 1 each
 */
export function drawPicture(name: string, size: { width: number; height: number }): Uint8Array {
  const { width, height } = size;
  const digest = createHash('sha256').update(name).digest();
  const hue = (digest.readUInt16BE(0) / 65_536) * 360;
  const top = rgb(hue, 0.42, 0.3);
  const bottom = rgb((hue + 40) % 360, 0.5, 0.12);
  const bandAt = 0.25 + (digest.readUInt8(2) / 255) * 0.4;

  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    const start = y * (1 + width * 3);
    rows[start] = 1; // filter "Sub": neighbours are alike, so the differences pack well
    let [r, g, b] = [0, 0, 0];
    for (let x = 0; x < width; x += 1) {
      const down = (y + 0.3 * x * (height / width)) / (1.3 * height);
      const band = Math.max(0, 1 - Math.abs(down - bandAt) / 0.16) * 22;
      const red = Math.round(top[0] + (bottom[0] - top[0]) * down + band);
      const green = Math.round(top[1] + (bottom[1] - top[1]) * down + band);
      const blue = Math.round(top[2] + (bottom[2] - top[2]) * down + band);
      const at = start + 1 + x * 3;
      rows[at] = red - r; // a Buffer keeps the low eight bits, as the filter wants
      rows[at + 1] = green - g;
      rows[at + 2] = blue - b;
      [r, g, b] = [red, green, blue];
    }
  }

  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB, no interlace
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32Of(body), body.length + 4);
  return frame;
}

/** HSL to RGB, 0 to 255 each. */
function rgb(hue: number, saturation: number, lightness: number): [number, number, number] {
  const amount = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return 255 * (lightness - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
