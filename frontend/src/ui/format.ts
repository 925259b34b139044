/** "1 h 42 min"; empty for nothing known. */
export function formatRuntime(seconds: number | null): string {
  if (seconds === null || seconds <= 0) return '';
  const minutes = Math.max(1, Math.round(seconds / 60));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${minutes} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** A place in a film: "4:05" or "1:04:05". */
export function formatClock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as disks and providers count: "1.4 GB". */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

export function formatSpeed(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** "1 peer", "3 peers". */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** "40 titles"; "More than 100 titles" where counting stopped. */
export function formatTotal(page: { total: number; totalIsLeast: boolean } | undefined, one: string): string {
  const { total, totalIsLeast } = page ?? { total: 0, totalIsLeast: false };
  if (!totalIsLeast) return formatCount(total, one);
  return `More than ${formatCount(total < 100 ? total : Math.floor(total / 100) * 100, one)}`;
}

/** "8.1"; empty for nothing known. */
export function formatRating(rating: number | null): string {
  return rating === null || rating <= 0 ? '' : rating.toFixed(1);
}
