import type { StorageItem, StoredOverview } from '../../api/types.js';
import { formatBytes } from '../../ui/format.js';
import { formatAgo } from '../../ui/moment.js';

/** How much of the budget is used, in one sentence; the disk is named when it is what is short. */
export function budgetWords({
  totalBytes,
  limitBytes,
  freeBytes,
  minFreeBytes,
}: Omit<StoredOverview, 'bucket'>): string {
  const used = `${formatBytes(totalBytes)} of ${formatBytes(limitBytes)} used.`;
  const roomOnDisk = freeBytes - minFreeBytes;
  if (roomOnDisk >= limitBytes - totalBytes) return `${used} The disk has ${formatBytes(freeBytes)} free.`;
  return `${used} The disk has only ${formatBytes(freeBytes)} free, and ${formatBytes(minFreeBytes)} of that stays free.`;
}

/** How much of it there is, and who watched it when. */
export function itemFacts(
  { bytes, bucketBytes, lengthBytes, usedBy, lastUsedAt }: StorageItem,
  now: number,
): string {
  // Blocks of the disk may add up to a little more than the film.
  const isWhole = lengthBytes !== null && bytes >= lengthBytes;
  const size =
    lengthBytes === null || isWhole
      ? formatBytes(bytes)
      : `${formatBytes(bytes)} of ${formatBytes(lengthBytes)}`;
  const others = usedBy.length - 2;
  const names = others > 0 ? `${usedBy.slice(0, 2).join(', ')} and ${others} more` : usedBy.join(' and ');
  const ago = lastUsedAt === null ? null : formatAgo(lastUsedAt, now);
  // Without a name it may only have been made ready for somebody.
  const used = names === '' ? `used ${ago}` : `watched ${ago} by ${names}`;
  const shared = bucketBytes > 0 ? [`${formatBytes(bucketBytes)} in the bucket`] : [];
  const here = bytes > 0 || bucketBytes === 0 ? [size] : [];
  return [...here, ...shared, ago === null ? 'never watched' : used].join(', ');
}

/** How full the bucket is that servers share. */
export function bucketWords({
  isReachable,
  totalBytes,
  limitBytes,
}: NonNullable<StoredOverview['bucket']>): string {
  if (!isReachable) return 'The bucket does not answer at the moment.';
  const held = formatBytes(totalBytes);
  return limitBytes === null
    ? `The bucket that servers share holds ${held}.`
    : `The bucket that servers share holds ${held} of ${formatBytes(limitBytes)}.`;
}
