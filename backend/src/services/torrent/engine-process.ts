// Entry of the engine's process. It is forked by supervised.engine.ts, speaks engine-protocol.ts, and ends with its
// parent. It is alone in here with what strangers send: no database, no environment, and of the secrets only those of the
// chunk store, which come in the first message.
import { setTimeout as delay } from 'node:timers/promises';
import { openChunkStores } from '../../chunk-stores/chunk-stores.js';
import { confineNetwork } from './confined-network.js';
import { goFirst } from './engine-memory.js';
import { describeFailure, type FromEngine, type ToEngine, toEngineSchema } from './engine-protocol.js';
import { putOffNatives } from './lazy-natives.js';
import { guardNetwork } from './network-guard.js';
import { EngineUnavailableError } from './torrent.errors.js';
import type { TrafficRules } from './traffic-rules.js';
import type { WebTorrentEngine, WebTorrentEngineOptions } from './webtorrent.engine.js';

/** A reader the server has open: it may send `credit` chunks before it must wait for more. */
interface RemoteReader {
  credit: number;
  wake: () => void;
  abort: AbortController;
}

const readers = new Map<number, RemoteReader>();
const waits = new Map<number, AbortController>();
let engine: WebTorrentEngine | null = null;
let traffic: TrafficRules = {};
/** Something was asked of it. */
let isCalled = false;
/** What joins its torrents again after a crash calls within this time, milliseconds. */
const rehearsalDelayMs = 20;

process.on('message', (raw: unknown) => {
  const message = toEngineSchema.parse(raw);
  void handle(message);
});
process.on('disconnect', () => process.exit(0));
// The parent may have ended while this file was loading; nobody would tell us again.
if (!process.connected) process.exit(0);
// The supervisor ends this process; a signal meant for the whole group must not do so before it.
process.on('SIGINT', () => undefined);
process.on('uncaughtException', (error) => die(error));
process.on('unhandledRejection', (error) => die(error));

async function handle(message: ToEngine): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message);
    case 'traffic':
      traffic = message.rules;
      engine?.useTraffic(traffic);
      return;
    case 'call':
      isCalled = true;
      return answer(message);
    case 'cancel':
      waits.get(message.id)?.abort();
      return;
    case 'open':
      return read(message);
    case 'credit': {
      const reader = readers.get(message.reader);
      if (!reader) return;
      reader.credit += message.chunks;
      reader.wake();
      return;
    }
    case 'close':
      readers.get(message.reader)?.abort.abort();
      return;
    case 'stop':
      await Promise.race([engine?.stop(), delay(2_000)]);
      process.exit(0);
  }
}

async function start({ settings, heartbeatMs }: ToEngine & { type: 'start' }): Promise<void> {
  traffic = settings.traffic;
  const bucket = 's3' in settings.store ? settings.store.s3 : null;
  confineNetwork(settings.network, bucket && new URL(bucket.endpoint));
  if (!settings.allowPrivatePeers) guardNetwork();
  putOffNatives();
  await goFirst();
  const stores = await openChunkStores(settings.store);
  const options = { ...settings, stores, offline: settings.network.kind === 'closed' };
  // Its native part opens sockets of its own, which no tunnel is told of.
  if (settings.network.kind !== 'open') options.webRtc = undefined;
  engine = await listen(options).catch((error: unknown) => {
    if (settings.port === undefined || !isAddressInUse(error)) throw error;
    send({
      type: 'log',
      level: 'error',
      message: `Port ${settings.port} is taken; peers are listened for on a free one.`,
    });
    return listen({ ...options, port: undefined });
  });
  // They may have been changed meanwhile.
  engine.useTraffic(traffic);
  engine.onFatalError(die);
  setInterval(() => {
    const residentBytes = process.memoryUsage.rss();
    send({ type: 'heartbeat', active: engine?.lastActive ?? null, residentBytes });
  }, heartbeatMs);
  send({ type: 'started', port: engine.port });
  if (settings.network.kind === 'open') await prepare();
}

/** Makes the first film start as quickly as the next ones, unless one is started already. */
async function prepare(): Promise<void> {
  await delay(rehearsalDelayMs);
  if (isCalled) return;
  const { rehearse } = await import('./rehearsal/rehearsal.js');
  await rehearse().catch(() => undefined);
}

async function listen(settings: WebTorrentEngineOptions): Promise<WebTorrentEngine> {
  const { WebTorrentEngine } = await import('./webtorrent.engine.js');
  const listening = new WebTorrentEngine(settings);
  await listening.start();
  return listening;
}

async function answer(message: ToEngine & { type: 'call' }): Promise<void> {
  try {
    send({ type: 'answer', id: message.id, output: await call(message) });
  } catch (error) {
    send({ type: 'call-failed', id: message.id, failure: describeFailure(error) });
  }
}

async function call(message: ToEngine & { type: 'call' }): Promise<unknown> {
  if (!engine) throw new EngineUnavailableError();
  switch (message.method) {
    case 'add': {
      const { infoHash, announce, torrentFile, peers, webSeeds } = message.input;
      return engine.add({
        infoHash,
        announce,
        ...(torrentFile && { torrentFile }),
        ...(peers && { peers }),
        ...(webSeeds && { webSeeds }),
      });
    }
    case 'waitForMetadata': {
      const abort = new AbortController();
      waits.set(message.id, abort);
      const { infoHash, timeoutMs } = message.input;
      return engine
        .waitForMetadata(infoHash, { timeoutMs, signal: abort.signal })
        .finally(() => waits.delete(message.id));
    }
    case 'torrentFile':
      return engine.torrentFile(message.input.infoHash);
    case 'status':
      return engine.status(message.input.infoHash);
    case 'fetchWhole':
      return engine.fetchWhole(message.input.infoHash, message.input.fileIndex);
    case 'expectReader':
      return engine.expectReader(message.input.infoHash, message.input.fileIndex);
    case 'progress':
      return engine.progress(message.input.infoHash, message.input.fileIndex);
    case 'goodPeers':
      return engine.goodPeers(message.input.infoHash);
    case 'remove':
      return engine.remove(message.input.infoHash, { deleteData: message.input.deleteData });
    case 'forgetPieces':
      return engine.forgetPieces(message.input.infoHash, message.input.which);
    case 'counters':
      return engine.counters(message.input.infoHash);
  }
}

async function read({
  reader: id,
  credit,
  infoHash,
  fileIndex,
  range,
  bytesPerSecond,
  takesStored,
}: ToEngine & { type: 'open' }): Promise<void> {
  const reader: RemoteReader = { credit, wake: () => undefined, abort: new AbortController() };
  const { signal } = reader.abort;
  readers.set(id, reader);
  signal.addEventListener('abort', () => reader.wake());
  try {
    if (!engine) throw new EngineUnavailableError();
    for await (const part of engine.readParts(
      { infoHash, fileIndex, range, bytesPerSecond, signal },
      takesStored,
    )) {
      while (reader.credit === 0 && !isClosed(signal))
        await new Promise<void>((resolve) => (reader.wake = resolve));
      if (isClosed(signal)) break;
      reader.credit -= 1;
      if (part instanceof Uint8Array) send({ type: 'chunk', reader: id, bytes: part });
      else send({ type: 'stored', reader: id, range: part });
    }
    send({ type: 'end', reader: id });
  } catch (error) {
    send({ type: 'reader-failed', reader: id, failure: describeFailure(error) });
  } finally {
    readers.delete(id);
  }
}

/** A call, so that the compiler does not take an earlier look for a lasting fact. */
function isClosed(signal: AbortSignal): boolean {
  return signal.aborted;
}

function send(message: FromEngine): void {
  // When the parent has gone the channel fails and `disconnect` ends us.
  if (process.connected) process.send?.(message, () => undefined);
}

function die(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (!process.connected) process.exit(1);
  process.send?.({ type: 'log', level: 'error', message: text } satisfies FromEngine, () => process.exit(1));
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
