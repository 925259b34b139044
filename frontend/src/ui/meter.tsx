import { clsx } from 'clsx';
import styles from './meter.module.css';

interface MeterProps {
  /** 0 to `max`. */
  value: number;
  max?: number;
  /** What it measures, for those who do not see it. */
  label: string;
  /** `picture`: along the lower edge of the picture it lies on. */
  look?: 'plain' | 'slim' | 'picture';
}

/** How much of something there is. */
export function Meter({ value, max = 1, label, look = 'plain' }: MeterProps) {
  return (
    <progress
      className={clsx(styles['meter'], look !== 'plain' && styles[look])}
      value={Math.min(value, max)}
      max={max}
      aria-label={label}
    />
  );
}
