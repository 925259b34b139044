import { clsx } from 'clsx';
import styles from './skeleton.module.css';

interface SkeletonProps {
  className?: string | undefined;
  /** A line of text of this width (any CSS length). */
  line?: string;
}

/** A still shape where something will stand. It says nothing; the page around it is `aria-busy`. */
export function Skeleton({ className, line }: SkeletonProps) {
  return (
    <span
      aria-hidden
      className={clsx(styles['skeleton'], line !== undefined && styles['line'], className)}
      style={line === undefined ? undefined : { width: line }}
    />
  );
}
