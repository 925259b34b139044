import { get } from 'node:http';

export interface Read {
  /** Milliseconds from the request to the first byte of the body. */
  firstByteMs: number;
  /** Million bytes per second over the whole read. */
  megabytesPerSecond: number;
  bytes: number;
}

/** Reads a stream to its end (or the end of the range) and throws the bytes away. */
export function read(url: string, range?: string): Promise<Read> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let firstByteMs = Number.NaN;
    let bytes = 0;
    get(url, { headers: range === undefined ? {} : { range } }, (response) => {
      if (response.statusCode !== 200 && response.statusCode !== 206) {
        reject(new Error(`${url.slice(0, 60)} answered ${String(response.statusCode)}`));
        return;
      }
      response.on('data', (chunk: Buffer) => {
        if (bytes === 0) firstByteMs = performance.now() - began;
        bytes += chunk.length;
      });
      response.on('end', () => {
        const seconds = (performance.now() - began) / 1000;
        resolve({ firstByteMs, megabytesPerSecond: bytes / 1e6 / seconds, bytes });
      });
      response.on('error', reject);
    }).on('error', reject);
  });
}

export interface Summary {
  median: number;
  min: number;
  max: number;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const below = sorted[Math.floor(middle)] ?? Number.NaN;
  const above = sorted[Math.ceil(middle)] ?? Number.NaN;
  return {
    // Of an even number the mean of the two in the middle.
    median: (below + above) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** "123 (100-150)" */
export function inWords({ median, min, max }: Summary, digits = 0): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
}
