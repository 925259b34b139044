import { useState } from 'react';
import styles from './backdrop.module.css';
import { ownImageUrl } from './image-url.js';
import { hueStyle } from './title-colour.js';

/** The wide picture behind a title, fading into the ground; without one, a form in the title's colour. */
export function Backdrop({ title, url }: { title: string; url: string | null }) {
  const [failed, setFailed] = useState(false);
  const src = failed ? null : ownImageUrl(url);
  return (
    <div className={styles['backdrop']} style={hueStyle(title)} aria-hidden>
      {src === null ? (
        <span className={styles['form']} />
      ) : (
        <img
          className={styles['image']}
          src={src}
          alt=""
          fetchPriority="high"
          decoding="async"
          onError={() => setFailed(true)}
        />
      )}
    </div>
  );
}
