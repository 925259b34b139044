import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Settings } from '../chunk-stores/s3-bucket.js';

const region = 'us-east-1';
const accessKeyId = 'kinora-test';
const secretAccessKey = 'a secret of tests only';

/** One bucket in memory behind the S3 protocol, as far as it is needed. Signatures (AWS SigV4) are checked. */
export class SmallS3Server {
  readonly objects = new Map<string, Buffer>();
  /** Requests answered, such as `PUT` or `GET`. */
  readonly answered: string[] = [];
  /** While false every request fails. */
  isUp = true;
  /** Requests that failed because it was away. */
  refused = 0;
  /** Bytes that it has room for. */
  capacity = Infinity;
  /** Settles before a PUT is answered. */
  holdPuts: Promise<void> = Promise.resolve();
  private readonly server = createServer((request, response) => void this.answer(request, response));
  private port = 0;

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get settings(): S3Settings {
    const endpoint = `http://127.0.0.1:${this.port}/bucket`;
    return { endpoint, region, accessKeyId, secretAccessKey, prefix: 'kinora' };
  }

  /** Bytes it keeps of a torrent. */
  storedBytes(infoHash: string): Promise<number> {
    const own = [...this.objects].filter(([key]) => key.includes(infoHash));
    return Promise.resolve(own.reduce((sum, [, { length }]) => sum + length, 0));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const url = new URL(request.url ?? '/', 'http://bucket');
    if (!this.isUp) {
      this.refused += 1;
      end(response, 503);
      return;
    }
    if (!isSigned(request, url)) {
      end(response, 403, fault('SignatureDoesNotMatch'));
      return;
    }
    const { method = '' } = request;
    const key = decodeURIComponent(url.pathname.replace(/^\/bucket\/?/, ''));
    if (method === 'PUT') await this.holdPuts;
    this.answered.push(method);
    const body = Buffer.concat(parts);
    if (method === 'PUT') {
      const held = [...this.objects].reduce(
        (sum, [name, { length }]) => sum + (name === key ? 0 : length),
        0,
      );
      if (held + body.length > this.capacity) {
        end(response, 507, fault('InsufficientStorage'));
        return;
      }
      this.objects.set(key, body);
    }
    if (method === 'DELETE') {
      this.objects.delete(key);
      end(response, 204);
      return;
    }
    if (method === 'GET' && key === '') {
      end(response, 200, this.listing(url.searchParams));
      return;
    }
    if (method === 'GET') {
      this.send(request, response, key);
      return;
    }
    end(response, 200);
  }

  private send({ headers }: IncomingMessage, response: ServerResponse, key: string): void {
    const object = this.objects.get(key);
    if (!object) {
      end(response, 404, fault('NoSuchKey'));
      return;
    }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined) {
      end(response, 200, object);
      return;
    }
    end(response, 206, object.subarray(Number(from), Number(to) + 1));
  }

  /** ListObjectsV2, three keys a page, so that pages are tried. */
  private listing(query: URLSearchParams): string {
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after)
      .sort();
    const page = keys.slice(0, 3);
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.length ?? 0}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"0"</ETag><StorageClass>STANDARD</StorageClass></Contents>`,
    );
    const next = keys.length > 3 ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : '';
    return `<?xml version="1.0"?><ListBucketResult><Name>bucket</Name><KeyCount>${page.length}</KeyCount><IsTruncated>${String(keys.length > 3)}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
  }
}

/** AWS Signature Version 4, as its documentation says, for requests that sign their headers. */
function isSigned({ method = '', headers }: IncomingMessage, url: URL): boolean {
  const scheme =
    /^AWS4-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  const [, credential = '', names = '', signature = ''] = scheme ?? [];
  const [keyId, day = '', ...scope] = credential.split('/');
  if (!scheme || keyId !== accessKeyId || scope.join('/') !== `${region}/s3/aws4_request`) return false;
  const header = (name: string) => String(headers[name] ?? '').trim();
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const signed = names.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-date')) return false;
  const canonical = [
    method,
    url.pathname,
    query,
    ...signed.map((name) => `${name}:${header(name)}`),
    '',
    names,
    header('x-amz-content-sha256'),
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    header('x-amz-date'),
    [day, ...scope].join('/'),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  let key = hmac(`AWS4${secretAccessKey}`, day);
  for (const part of scope) key = hmac(key, part);
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function fault(code: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}

function end(response: ServerResponse, status: number, body: string | Buffer = ''): void {
  const type = typeof body === 'string' ? 'application/xml' : 'application/octet-stream';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
