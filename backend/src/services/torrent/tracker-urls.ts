/** Trackers we can speak to: HTTP (BEP 3), UDP (BEP 15), WebSocket. */
const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'udp:', 'ws:', 'wss:']);
const maxTrackers = 50;
const maxLength = 2_048;

/** Keeps what is a tracker address, without repetitions, at most 50. */
export function acceptedTrackers(urls: readonly string[]): string[] {
  return [...new Set(urls.filter(isTrackerUrl))].slice(0, maxTrackers);
}

function isTrackerUrl(text: string): boolean {
  if (text.length > maxLength || !URL.canParse(text)) return false;
  const url = new URL(text);
  return schemes.has(url.protocol) && url.hostname !== '' && url.username === '' && url.password === '';
}
