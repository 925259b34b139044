import { get } from 'node:http';

const tickMs = 250;

/** Reads `bytesPerSecond` from a byte of the film on, as a client behind a narrow line does, for so long. Answers the bytes it got. */
export function readSlowly(
  url: string,
  { from, bytesPerSecond, forMs }: { from: number; bytesPerSecond: number; forMs: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const share = Math.round((bytesPerSecond * tickMs) / 1000);
    let got = 0;
    const request = get(url, { agent: false, headers: { Range: `bytes=${from}-` } }, (response) => {
      if (response.statusCode !== 206) {
        reject(new Error(`answered ${String(response.statusCode)}`));
        request.destroy();
        return;
      }
      response.on('error', () => undefined);
      const timer = setInterval(() => {
        const chunk = response.read(Math.min(share, response.readableLength)) as Buffer | null;
        got += chunk?.length ?? 0;
      }, tickMs);
      setTimeout(() => {
        clearInterval(timer);
        request.destroy();
        resolve(got);
      }, forMs);
    });
    request.on('error', reject);
  });
}
