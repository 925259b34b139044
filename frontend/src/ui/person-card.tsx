import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { CardCaption } from './card-caption.js';
import { ownImageUrl } from './image-url.js';
import styles from './person-card.module.css';
import { hueStyle } from './title-colour.js';

interface PersonCardProps {
  id: string;
  name: string;
  /** The character, the job, or what they are known for. */
  role: string;
  profileUrl: string | null;
  /** Names this card on its page, so that focus can come back to it. */
  place: string;
}

/** Somebody in a row: a round picture, or the first letters on a colour of their own. */
export function PersonCard({ id, name, role, profileUrl, place }: PersonCardProps) {
  return (
    <Link to="/people/$id" params={{ id }} className={styles['card']} data-focus-place={place}>
      <Portrait name={name} url={profileUrl} />
      <CardCaption name={name} facts={role} />
    </Link>
  );
}

/** The picture alone. */
export function Portrait({ name, url }: { name: string; url: string | null }) {
  const [failed, setFailed] = useState(false);
  const src = failed ? null : ownImageUrl(url);
  return (
    <span className={styles['portrait']} style={hueStyle(name)} aria-hidden>
      {src === null ? (
        initials(name)
      ) : (
        <img
          className={styles['image']}
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setFailed(true)}
        />
      )}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => word !== '');
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => /^./u.exec(word ?? '')?.[0] ?? '').join('');
}
