import styles from './card-caption.module.css';

/** Under the picture of a card: a name and what else is known, a line each. */
export function CardCaption({ name, facts }: { name: string; facts: string }) {
  return (
    <>
      <span className={styles['name']} dir="auto">
        {name}
      </span>
      {/* A line without facts is as high as one with, so that rows stay level. */}
      <span className={styles['facts']} dir="auto">
        {facts === '' ? '\u00a0' : facts}
      </span>
    </>
  );
}
