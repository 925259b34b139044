const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, as people say it: "just now", "12 minutes ago", "yesterday"; then the date. */
export function formatAgo(moment: string, now: number): string {
  const ms = now - new Date(moment).getTime();
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  if (ms < minute) return 'just now';
  if (ms < hour) return words.format(-Math.floor(ms / minute), 'minute');
  if (ms < day) return words.format(-Math.floor(ms / hour), 'hour');
  if (ms < 7 * day) return words.format(-Math.floor(ms / day), 'day');
  return formatDate(moment);
}

/** "22 Nov 2026". */
export function formatDate(moment: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' }).format(new Date(moment));
}

/** "22 Nov 2026, 12:05:31". */
export function formatMoment(moment: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(moment),
  );
}
