// A web server that keeps files, as a web seed does, and can be told to behave badly.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RangeRequest {
  /** Decoded. */
  path: string;
  range: string | undefined;
}

/** Answers by itself when it returns true. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, count: number) => boolean;

export class RangeServer {
  readonly requests: RangeRequest[] = [];
  /** Body bytes handed to the network. */
  sentBytes = 0;
  behave: Behaviour = () => false;
  private readonly files = new Map<string, Buffer>();
  private server: Server | null = null;

  async open(): Promise<this> {
    this.server = createServer((request, response) => this.answer(request, response)).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  /** @param path decoded, with a slash in front */
  keep(path: string, bytes: Buffer): void {
    this.files.set(path, bytes);
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '');
    const { range } = request.headers;
    this.requests.push({ path, range });
    if (this.behave(request, response, this.requests.length)) return;
    const bytes = this.files.get(path);
    if (!bytes) {
      response.writeHead(404).end('Not found');
      return;
    }
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    const start = Number(first);
    const end = Math.min(bytes.length, last === '' ? bytes.length : Number(last) + 1);
    if (start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    response.writeHead(206, {
      'content-length': end - start,
      'content-range': `bytes ${start}-${end - 1}/${bytes.length}`,
    });
    this.send(response, bytes.subarray(start, end));
  }

  /** As a file system's reader does: no more than the network takes. */
  private send(response: ServerResponse, bytes: Buffer): void {
    let at = 0;
    const step = () => {
      while (at < bytes.length && !response.destroyed) {
        const chunk = bytes.subarray(at, at + 65_536);
        at += chunk.length;
        this.sentBytes += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', step);
          return;
        }
      }
      response.end();
    };
    step();
  }
}
