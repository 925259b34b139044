import type { HistoryItem } from '../../api/types.js';
import { formatDate } from '../../ui/moment.js';

export interface Day {
  title: string;
  items: HistoryItem[];
}

/** Lines of the history under their days, as people say them. The order stays. @param now milliseconds since 1970 */
export function byDay(items: readonly HistoryItem[], now: number): Day[] {
  const days: Day[] = [];
  for (const item of items) {
    const title = dayName(item.watchedAt, now);
    const last = days.at(-1);
    if (last?.title === title) last.items.push(item);
    else days.push({ title, items: [item] });
  }
  return days;
}

/** True for a play whose date Trakt does not know: it answers 1 January 1970 then. */
export function isDateUnknown(moment: string): boolean {
  return Date.parse(moment) < Date.UTC(1970, 0, 2);
}

function dayName(moment: string, now: number): string {
  if (isDateUnknown(moment)) return 'Date unknown';
  const date = formatDate(moment);
  if (date === formatDate(new Date(now).toISOString())) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  return date === formatDate(yesterday.toISOString()) ? 'Yesterday' : date;
}
