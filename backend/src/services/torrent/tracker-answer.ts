/** Peers taken from one answer of a tracker; it is asked for 50. */
export const maxPeersPerAnswer = 200;

/** Bytes of one peer in a list of bytes (BEP 23 and 7). */
const compactPeer = { peers: 6, peers6: 18 } as const;

/** A tracker's answer to an announce (BEP 3), decoded. */
export type TrackerAnswer = Readonly<Record<string, unknown>>;

/** Cuts an answer down to what is used of it. Throws what the tracker complains of, or that it makes no sense. */
export function boundedAnswer(decoded: unknown): TrackerAnswer {
  if (
    typeof decoded !== 'object' ||
    decoded === null ||
    Array.isArray(decoded) ||
    ArrayBuffer.isView(decoded)
  )
    throw new Error('the answer of the tracker makes no sense');
  const { interval, 'min interval': minInterval, ...answer }: Record<string, unknown> = { ...decoded };
  const failure = answer['failure reason'];
  if (failure instanceof Uint8Array) throw new Error(Buffer.from(failure).toString().slice(0, 200));
  const seconds = [interval, minInterval].find((value) => typeof value === 'number' && value !== 0);
  if (seconds !== undefined) answer['interval'] = seconds;
  // The library looks at every entry of a list, whatever it is.
  let left = maxPeersPerAnswer;
  for (const key of ['peers', 'peers6'] as const) {
    const peers = firstPeers(answer[key], left, compactPeer[key]);
    answer[key] = peers;
    left -= Array.isArray(peers) ? peers.length : peers.length / compactPeer[key];
  }
  return answer;
}

function firstPeers(peers: unknown, count: number, size: number): Uint8Array | unknown[] {
  if (peers instanceof Uint8Array)
    return peers.subarray(0, Math.min(count, Math.floor(peers.length / size)) * size);
  if (!Array.isArray(peers)) return [];
  return peers.slice(0, count).flatMap((peer: unknown) => readable(peer) ?? []);
}

/** An entry of a list that is not compact; its address is text (BEP 3), which the library takes for granted. */
function readable(peer: unknown): { ip: string; port: number } | null {
  if (typeof peer !== 'object' || peer === null || !('ip' in peer) || !('port' in peer)) return null;
  const { ip, port } = peer;
  if (!(ip instanceof Uint8Array) || typeof port !== 'number') return null;
  return { ip: Buffer.from(ip).toString().slice(0, 64), port };
}
