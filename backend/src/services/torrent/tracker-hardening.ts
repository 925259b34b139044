// Guards around the library that asks trackers, put on its shared objects before the first announce. A tracker is a
// stranger too: what it answers is bounded before it is read, and how soon it is asked again is ours to say.
import bencode from 'bencode';
import { Client, type HttpTracker, type Tracker } from 'bittorrent-tracker';
import { boundedAnswer, type TrackerAnswer } from './tracker-answer.js';

/** How soon and how late a tracker is asked again, milliseconds. */
const minIntervalMs = 60_000;
const maxIntervalMs = 7_200_000;
/** Longest answer, bytes, unpacked. */
const maxAnswerBytes = 1024 * 1024;
/** How long it may take, milliseconds. */
const patienceMs = 15_000;

let hardened = false;

/** Puts the guards in place, once for the process. */
export function hardenTrackers(): void {
  if (hardened) return;
  hardened = true;
  const { http, base } = prototypes();
  const setInterval: (this: Tracker, ms?: number) => void = Reflect.get(base, 'setInterval');
  base.setInterval = function (ms) {
    // A timer of more than 24 days fires at once, and again and again.
    const isTime = typeof ms === 'number' && Number.isFinite(ms);
    setInterval.call(this, isTime ? Math.min(maxIntervalMs, Math.max(minIntervalMs, ms)) : undefined);
  };
  // The library's own way reads answers of any length, and one that breaks off ends the process.
  http._request = function (url, query, callback) {
    void request(this, addressOf(url, query)).then(
      (data) => answer(this, callback, data),
      (error: unknown) => complain(this, callback, error),
    );
  };
}

/** What the library's trackers have in common, and its HTTP trackers: it exports neither. Making one asks nobody. */
function prototypes(): { http: HttpTracker; base: Tracker } {
  const none = '0'.repeat(40);
  const announce = ['http://tracker.invalid/announce'];
  const client = new Client({ infoHash: none, peerId: none, port: 1, announce, wrtc: false });
  const [tracker] = client._trackers;
  if (!tracker || !('_request' in tracker) || !('cleanupFns' in tracker))
    throw new Error('The trackers of the library are not what they were');
  const http = Object.getPrototypeOf(tracker) as HttpTracker;
  return { http, base: Object.getPrototypeOf(http) as Tracker };
}

type Callback = Parameters<HttpTracker['_request']>[2];

function answer(tracker: HttpTracker, callback: Callback, data: TrackerAnswer): void {
  if (tracker.destroyed) return;
  try {
    callback(null, data);
  } catch (error) {
    complain(tracker, callback, error);
  }
}

function complain(tracker: HttpTracker, callback: Callback, error: unknown): void {
  if (!tracker.destroyed) callback(error instanceof Error ? error : new Error(String(error)));
}

async function request(tracker: HttpTracker, url: string): Promise<TrackerAnswer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), patienceMs).unref();
  const cleanup = () => {
    clearTimeout(timer);
    abort.abort();
    const place = tracker.cleanupFns.indexOf(cleanup);
    if (place >= 0) tracker.cleanupFns.splice(place, 1);
    // When it is being left it waits for what is under way, so that its good-bye is heard.
    tracker.maybeDestroyCleanup?.();
  };
  tracker.cleanupFns.push(cleanup);
  try {
    const headers = { 'user-agent': tracker.client._userAgent ?? '' };
    const response = await fetch(url, { signal: abort.signal, headers });
    if (response.status !== 200) throw new Error(`the tracker answers with status ${response.status}`);
    return boundedAnswer(bencode.decode(await bodyOf(response)));
  } finally {
    cleanup();
  }
}

/** The body as it is unpacked, so that a small answer cannot become a large one. */
async function bodyOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (!body) return new Uint8Array();
  for await (const part of body) {
    length += part.length;
    if (length > maxAnswerBytes) throw new Error('the answer of the tracker is too long');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Info-hash and peer id are bytes, one a character. */
function addressOf(url: string, query: Readonly<Record<string, string | number>>): string {
  const parts = Object.entries(query).map(([key, value]) => {
    const escaped = String(value).replace(
      /[^A-Za-z0-9_.~-]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
    return `${key}=${escaped}`;
  });
  return `${url}${url.includes('?') ? '&' : '?'}${parts.join('&')}`;
}
