import { get, type IncomingMessage } from 'node:http';

/** Reads a film in one request, as fast as it comes, and never asks again. */
export class FilmReader {
  received = 0;
  hasEnded = false;
  private readonly chunks: Buffer[] = [];
  private response: IncomingMessage | null = null;

  constructor(url: string) {
    const end = () => (this.hasEnded = true);
    const request = get(url, { agent: false }, (response) => {
      this.response = response;
      response.on('data', (chunk: Buffer) => {
        this.received += chunk.length;
        this.chunks.push(chunk);
      });
      response.on('close', end);
      response.on('error', end);
    });
    request.on('error', end);
  }

  /** All so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  close(): void {
    this.response?.destroy();
  }
}
