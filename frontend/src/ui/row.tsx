import { clsx } from 'clsx';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import styles from './row.module.css';

interface RowProps {
  /** Names the row for the restoring of its place; unique on the page. */
  id: string;
  title: string;
  /** Of what it holds; posters stand upright. */
  shape?: 'poster' | 'landscape' | 'round';
  children: ReactNode;
}

/** A titled row that scrolls sideways: by page with buttons under a pointer, by swipe, by arrow keys. */
export function Row({ id, title, shape = 'poster', children }: RowProps) {
  const titleId = useId();
  const scroller = useRef<HTMLUListElement>(null);
  const [ends, setEnds] = useState({ atStart: true, atEnd: true });

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const atStart = element.scrollLeft < 8;
      const atEnd = element.scrollLeft + element.clientWidth > element.scrollWidth - 8;
      setEnds((known) => (known.atStart === atStart && known.atEnd === atEnd ? known : { atStart, atEnd }));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  const page = (direction: 1 | -1) => {
    const element = scroller.current;
    element?.scrollBy({ left: direction * element.clientWidth * 0.85, behavior: 'smooth' });
  };

  return (
    <section className={styles['row']} aria-labelledby={titleId}>
      <h2 id={titleId} className={styles['title']}>
        {title}
      </h2>
      <div className={styles['frame']}>
        <ul
          ref={scroller}
          className={clsx(styles['scroller'], shape !== 'poster' && styles[shape])}
          data-scroll-restoration-id={`row-${id}`}
        >
          {children}
        </ul>
        {/* For the pointer only: keys and touch move the row itself. */}
        <button
          type="button"
          tabIndex={-1}
          className={clsx(styles['page'], styles['back'])}
          aria-label={`Scroll ${title} back`}
          disabled={ends.atStart}
          onClick={() => page(-1)}
        >
          <ChevronLeft aria-hidden />
        </button>
        <button
          type="button"
          tabIndex={-1}
          className={clsx(styles['page'], styles['on'])}
          aria-label={`Scroll ${title} on`}
          disabled={ends.atEnd}
          onClick={() => page(1)}
        >
          <ChevronRight aria-hidden />
        </button>
      </div>
    </section>
  );
}
