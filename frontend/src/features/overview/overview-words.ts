import type { ServerOverview } from '../../api/types.js';
import { formatBytes, formatCount, formatRuntime, formatSpeed } from '../../ui/format.js';

type Play = ServerOverview['plays'][number];

const stages: Record<Play['stage'], string> = {
  starting: 'Starting',
  'finding-peers': 'Looking for peers',
  'fetching-metadata': 'Asking what the torrent holds',
  buffering: 'Buffering',
  ready: 'Playing',
  stalled: 'Waiting for data',
  failed: 'Failed',
};

/** How a play does, in a line. */
export function playFacts({ stage, peers, downloadBytesPerSecond, uploadBytesPerSecond }: Play): string {
  const facts = [stages[stage], formatCount(peers, 'peer')];
  if (downloadBytesPerSecond > 0) facts.push(`${formatSpeed(downloadBytesPerSecond)} down`);
  if (uploadBytesPerSecond > 0) facts.push(`${formatSpeed(uploadBytesPerSecond)} up`);
  return facts.join(' · ');
}

/** Which program runs, since when. */
export function serverFacts({ version, startedAt, memoryBytes }: ServerOverview, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(startedAt)) / 1_000);
  const since = seconds < 60 ? 'just started' : `up for ${formatUptime(seconds)}`;
  return `Kinora ${version}, ${since}, ${formatBytes(memoryBytes)} of memory`;
}

function formatUptime(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  return days > 0 ? formatCount(days, 'day') : formatRuntime(seconds);
}

export function storageFacts({ totalBytes, limitBytes, freeBytes }: ServerOverview['storage']): string {
  return `${formatBytes(totalBytes)} of ${formatBytes(limitBytes)}, the disk has ${formatBytes(freeBytes)} free`;
}

const vpnStates: Readonly<Record<string, string>> = {
  off: 'Not watched',
  protected: 'Protected',
  unprotected: 'Not protected',
  unknown: 'Not known',
};

export function vpnFacts({ state }: ServerOverview['vpn']): string {
  return vpnStates[state] ?? state;
}
