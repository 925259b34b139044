import { get } from 'node:http';

export interface RangeRead {
  /** Milliseconds from `since`. */
  firstByteMs: number;
  endMs: number;
  /** To five million bytes; NaN when fewer were read. */
  fiveMegabytesMs: number;
  bytes: number;
  /** Million bytes a second between the first and the last byte. */
  megabytesPerSecond: number;
  /** Between two chunks, milliseconds. */
  longestPauseMs: number;
  /** The first bytes, to compare with the film. */
  head: Buffer;
}

export interface RangeOptions {
  /** Byte of the film. */
  from: number;
  /** Stops after so many bytes. */
  bytes?: number;
  /** Stops so many milliseconds after the first byte. */
  forMs?: number;
  /** `performance.now()` the times count from; the request unless given. */
  since?: number;
  /** Milliseconds without a byte after which it has failed. */
  patienceMs: number;
}

const headBytes = 64 * 1024;

/** Reads as a player without limits does, and drops the connection when it has enough. */
export function readRange(url: string, options: RangeOptions): Promise<RangeRead> {
  const { from, bytes = Number.POSITIVE_INFINITY, forMs, patienceMs } = options;
  const since = options.since ?? performance.now();
  return new Promise((resolve, reject) => {
    const head: Buffer[] = [];
    let firstAt = Number.NaN;
    let lastAt = Number.NaN;
    let got = 0;
    let kept = 0;
    let fiveMegabytesMs = Number.NaN;
    let longestPauseMs = 0;
    const request = get(url, { agent: false, headers: { Range: `bytes=${from}-` } }, (response) => {
      if (response.statusCode !== 206) {
        reject(new Error(`answered ${String(response.statusCode)}`));
        request.destroy();
        return;
      }
      response.on('data', (chunk: Buffer) => {
        const now = performance.now();
        if (got === 0) firstAt = now;
        else longestPauseMs = Math.max(longestPauseMs, now - lastAt);
        lastAt = now;
        got += chunk.length;
        if (kept < headBytes) kept += head.push(Buffer.from(chunk)) && chunk.length;
        if (Number.isNaN(fiveMegabytesMs) && got >= 5e6) fiveMegabytesMs = now - since;
        if (got >= bytes || (forMs !== undefined && now - firstAt >= forMs)) finish();
      });
      response.on('end', finish);
      response.on('error', reject);
    });
    request.setTimeout(patienceMs, () => {
      reject(new Error(`nothing for ${patienceMs} ms`));
      request.destroy();
    });
    request.on('error', reject);
    function finish(): void {
      request.destroy();
      resolve({
        firstByteMs: firstAt - since,
        endMs: lastAt - since,
        fiveMegabytesMs,
        bytes: got,
        megabytesPerSecond: got / 1000 / Math.max(1, lastAt - firstAt),
        longestPauseMs,
        head: Buffer.concat(head).subarray(0, headBytes),
      });
    }
  });
}
