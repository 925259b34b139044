import { isPublicAddress } from './peer-addresses.js';

/** Trackers that can be named: HTTP (BEP 3), UDP (BEP 15), WebSocket. */
const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'udp:', 'ws:', 'wss:']);
/** These name WebRTC peers alone. */
const webRtcSchemes: ReadonlySet<string> = new Set(['ws:', 'wss:']);
const maxTrackers = 50;
/** A torrent may list 100,000 addresses; beyond these none is read. */
const maxLookedAt = 1_000;
const maxLength = 2_048;

/** Keeps what is a tracker address, without repetitions, at most 50. */
export function acceptedTrackers(urls: readonly string[]): string[] {
  const accepted = new Set<string>();
  for (const text of urls.slice(0, maxLookedAt)) {
    if (parse(text) !== null) accepted.add(text);
    if (accepted.size >= maxTrackers) break;
  }
  return [...accepted];
}

/** Keeps the trackers the engine may ask; private address literals only where the operator allows them. */
export function usableTrackers(
  urls: readonly string[],
  allowPrivate: boolean,
  speaksWebRtc = false,
): string[] {
  return acceptedTrackers(urls).filter((text) => {
    const url = parse(text);
    if (!url || (!speaksWebRtc && webRtcSchemes.has(url.protocol))) return false;
    return allowPrivate || !isPrivateLiteral(url.hostname);
  });
}

function parse(text: string): URL | null {
  if (text.length > maxLength || !URL.canParse(text)) return null;
  const url = new URL(text);
  const clean = url.hostname !== '' && url.username === '' && url.password === '';
  return schemes.has(url.protocol) && clean ? url : null;
}

function isPrivateLiteral(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isLiteral = host.includes(':') || (/^[0-9a-fx.]*$/i.test(host) && /[0-9]/.test(host));
  return host === 'localhost' || host.endsWith('.localhost') || (isLiteral && !isPublicAddress(host));
}
