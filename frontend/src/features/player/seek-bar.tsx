import { type PointerEvent, useRef, useState } from 'react';
import { formatClock } from '../../ui/format.js';
import styles from './seek-bar.module.css';
import type { Stretch } from './seek-layers.js';

interface SeekBarProps {
  /** Seconds. */
  time: number;
  /** Seconds; not a number while unknown. */
  duration: number;
  buffered: readonly Stretch[];
  fetched: readonly Stretch[];
  onSeek: (seconds: number) => void;
}

/**
 * Three layers: fetched by the server, buffered here, played. Dragging shows where it would go and seeks on
 * release, because each seek sends the swarm somewhere else. Keys are the player's own.
 */
export function SeekBar({ time, duration, buffered, fetched, onSeek }: SeekBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const [drag, setDrag] = useState<number | null>(null);
  const known = Number.isFinite(duration) && duration > 0;
  const shown = drag === null ? time : drag * duration;
  const pointed = drag ?? hover;

  const partAt = (event: PointerEvent): number => {
    const box = bar.current?.getBoundingClientRect();
    return box && box.width > 0 ? Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) : 0;
  };

  return (
    <div
      ref={bar}
      className={styles['bar']}
      role="slider"
      tabIndex={0}
      data-testid="seek-bar"
      aria-label="Seek"
      aria-disabled={!known}
      aria-valuemin={0}
      aria-valuemax={known ? Math.floor(duration) : 0}
      aria-valuenow={Math.floor(shown)}
      aria-valuetext={known ? `${formatClock(shown)} of ${formatClock(duration)}` : 'Not known yet'}
      onPointerDown={(event) => {
        if (!known || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag(partAt(event));
      }}
      onPointerMove={(event) => {
        if (drag !== null) setDrag(partAt(event));
        else if (event.pointerType !== 'touch') setHover(partAt(event));
      }}
      onPointerUp={(event) => {
        if (drag === null) return;
        setDrag(null);
        onSeek(partAt(event) * duration);
      }}
      onPointerCancel={() => setDrag(null)}
      onPointerLeave={() => setHover(null)}
    >
      <div className={styles['track']}>
        <Layer name="fetched" stretches={fetched} />
        <Layer name="buffered" stretches={buffered} />
        <Layer name="played" stretches={known ? [{ start: 0, end: Math.min(1, shown / duration) }] : []} />
      </div>
      {known && <span className={styles['thumb']} style={{ left: `${(shown / duration) * 100}%` }} />}
      {known && pointed !== null && (
        <span
          className={styles['bubble']}
          style={{ left: `clamp(2rem, ${pointed * 100}%, 100% - 2rem)` }}
          aria-hidden
        >
          {formatClock(pointed * duration)}
        </span>
      )}
    </div>
  );
}

function Layer({
  name,
  stretches,
}: {
  name: 'played' | 'buffered' | 'fetched';
  stretches: readonly Stretch[];
}) {
  return (
    <div className={styles[name]} data-layer={name}>
      {stretches.map(({ start, end }) => (
        <span key={start} style={{ left: `${start * 100}%`, width: `${(end - start) * 100}%` }} />
      ))}
    </div>
  );
}
