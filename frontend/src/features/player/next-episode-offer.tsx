import { Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.js';
import { ownImageUrl } from '../../ui/image-url.js';
import styles from './next-episode-offer.module.css';
import type { NextEpisode } from './use-next-episode.js';

interface NextEpisodeOfferProps {
  next: NextEpisode;
  /** This one is over: the next begins by itself unless somebody says no. */
  ended: boolean;
  onPlay: () => void;
  onDecline: () => void;
}

/** Seconds between the end of one and the beginning of the next. */
const COUNTDOWN = 10;

/** Over the last of an episode: what comes next. */
export function NextEpisodeOffer({ next, ended, onPlay, onDecline }: NextEpisodeOfferProps) {
  const still = ownImageUrl(next.stillUrl);
  return (
    <section className={styles['offer']} aria-label="Next episode" data-testid="next-episode">
      {still !== null && <img className={styles['still']} src={still} alt="" />}
      <div className={styles['words']}>
        <p className={styles['lead']}>Next episode</p>
        <p className={styles['name']} dir="auto">
          S{next.season} E{next.episode} {next.title}
        </p>
        <div className={styles['acts']}>
          <PlayNext key={String(ended)} ended={ended} onPlay={onPlay} />
          <Button look="quiet" onClick={onDecline}>
            {ended ? 'Not now' : 'Watch the credits'}
          </Button>
        </div>
      </div>
    </section>
  );
}

function PlayNext({ ended, onPlay }: { ended: boolean; onPlay: () => void }) {
  const [left, setLeft] = useState(COUNTDOWN);
  const button = useRef<HTMLButtonElement>(null);
  const play = useRef(onPlay);
  useEffect(() => {
    play.current = onPlay;
  }, [onPlay]);
  useEffect(() => {
    if (!ended) return;
    // Nothing else is worth a key now; a remote control has only OK.
    button.current?.focus();
    const ends = Date.now() + COUNTDOWN * 1000;
    const timer = setInterval(() => {
      const seconds = Math.ceil((ends - Date.now()) / 1000);
      setLeft(Math.max(0, seconds));
      if (seconds > 0) return;
      clearInterval(timer);
      play.current();
    }, 250);
    return () => clearInterval(timer);
  }, [ended]);
  return (
    <Button ref={button} look="primary" onClick={onPlay}>
      <Play aria-hidden fill="currentColor" />
      {ended ? (
        <>
          Plays in <span className={styles['count']}>{left}</span> s
        </>
      ) : (
        'Play now'
      )}
    </Button>
  );
}
