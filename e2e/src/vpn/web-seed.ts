import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const stepBytes = 16_384;

/** A web server that has a film (BEP 19), slowly, and keeps from where it was asked. */
export class WebSeed {
  readonly askedFrom = new Set<string>();
  private readonly server = createServer((request, response) => {
    this.askedFrom.add(request.socket.remoteAddress ?? '');
    void this.send(request.headers.range ?? '', response).catch(() => response.destroy());
  });

  private constructor(
    private readonly filePath: string,
    private readonly bytesPerSecond: number,
  ) {}

  static async open(host: string, filePath: string, bytesPerSecond: number): Promise<WebSeed> {
    const seed = new WebSeed(filePath, bytesPerSecond);
    seed.server.listen(0, host);
    await once(seed.server, 'listening');
    return seed;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async send(range: string, response: ServerResponse): Promise<void> {
    const { size } = statSync(this.filePath);
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
    const start = Number(first ?? 0);
    const end = last ? Math.min(Number(last), size - 1) : size - 1;
    response.writeHead(first === undefined ? 200 : 206, {
      'Content-Length': end - start + 1,
      ...(first !== undefined && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
    });
    for await (const part of createReadStream(this.filePath, { start, end, highWaterMark: stepBytes })) {
      if (response.destroyed) return;
      response.write(part);
      await delay((stepBytes / this.bytesPerSecond) * 1_000);
    }
    response.end();
  }
}
