import styles from './brand.module.css';

/** A projector lamp and its beam. */
export function Brand() {
  return (
    <span className={styles['brand']}>
      <svg className={styles['mark']} viewBox="0 0 28 28" aria-hidden="true">
        <circle cx="8.5" cy="14" r="6" />
        <path className={styles['beam']} d="M16 10 27 4.5v19L16 18z" />
      </svg>
      Kinora
    </span>
  );
}
