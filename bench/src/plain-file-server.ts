import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';

/** The same bytes as plainly as Node serves them: one file, ranges, nothing else. The yardstick of the ratios. */
export async function startPlainFileServer(
  file: string,
): Promise<{ url: string; page: string; stop: () => void }> {
  const size = statSync(file).size;
  const server: Server = createServer((request, response) => {
    if (request.url === '/') {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><video muted autoplay src="/film.mp4"></video>');
      return;
    }
    const [, first = '0', last = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
    const start = Number(first);
    const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      'Content-Type': 'video/mp4',
      'Accept-Ranges': 'bytes',
      'Content-Length': end - start + 1,
      'Content-Range': `bytes ${start}-${end}/${size}`,
    });
    createReadStream(file, { start, end }).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    page: `http://127.0.0.1:${port}/`,
    url: `http://127.0.0.1:${port}/film.mp4`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
