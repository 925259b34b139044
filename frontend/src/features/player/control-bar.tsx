import {
  Activity,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  RotateCw,
  SkipForward,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { Button } from '../../ui/button.js';
import { formatClock } from '../../ui/format.js';
import styles from './control-bar.module.css';
import type { PlayerAction } from './player-keys.js';
import type { MediaState } from './use-media-state.js';

interface ControlBarProps {
  media: MediaState;
  fullscreen: boolean;
  engineOpen: boolean;
  /** There is an episode after this one. */
  hasNext: boolean;
  act: (action: PlayerAction) => void;
  onVolume: (volume: number) => void;
  onRate: (rate: number) => void;
  /** Absent where the browser has no picture in picture. */
  onPictureInPicture: (() => void) | undefined;
}

const rates = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

/** The line of buttons under the seek bar. */
export function ControlBar({ media, fullscreen, engineOpen, hasNext, act, ...on }: ControlBarProps) {
  const silent = media.muted || media.volume === 0;
  const VolumeIcon = silent ? VolumeX : media.volume < 0.5 ? Volume1 : Volume2;
  return (
    <div className={styles['bar']}>
      <Button
        look="quiet"
        icon
        aria-label={media.paused ? 'Play' : 'Pause'}
        onClick={() => act({ type: 'toggle-play' })}
      >
        {media.paused ? <Play aria-hidden fill="currentColor" /> : <Pause aria-hidden fill="currentColor" />}
      </Button>
      <Button
        look="quiet"
        icon
        aria-label="Back 10 seconds"
        onClick={() => act({ type: 'seek-by', seconds: -10 })}
      >
        <RotateCcw aria-hidden />
      </Button>
      <Button
        look="quiet"
        icon
        aria-label="On 10 seconds"
        onClick={() => act({ type: 'seek-by', seconds: 10 })}
      >
        <RotateCw aria-hidden />
      </Button>
      {hasNext && (
        <Button
          look="quiet"
          icon
          className={styles['optional']}
          aria-label="Next episode"
          onClick={() => act({ type: 'next-episode' })}
        >
          <SkipForward aria-hidden fill="currentColor" />
        </Button>
      )}
      <div className={styles['volume']}>
        <Button
          look="quiet"
          icon
          aria-label={silent ? 'Unmute' : 'Mute'}
          onClick={() => act({ type: 'toggle-mute' })}
        >
          <VolumeIcon aria-hidden />
        </Button>
        <input
          type="range"
          className={styles['slider']}
          aria-label="Volume"
          min={0}
          max={1}
          step={0.05}
          value={media.muted ? 0 : media.volume}
          onChange={(event) => on.onVolume(event.target.valueAsNumber)}
        />
      </div>
      <p className={styles['time']} data-testid="time">
        {formatClock(media.time)}
        <span className={styles['whole']}>
          {' '}
          / {Number.isFinite(media.duration) ? formatClock(media.duration) : '–:––'}
        </span>
      </p>
      <span className={styles['gap']} />
      <select
        className={styles['rate']}
        aria-label="Speed"
        value={media.rate}
        onChange={(event) => {
          on.onRate(Number(event.target.value));
          // The player's keys should work again at once.
          event.target.blur();
        }}
      >
        {rates.map((rate) => (
          <option key={rate} value={rate}>
            {rate}×
          </option>
        ))}
      </select>
      <Button
        look="quiet"
        icon
        aria-label="What the engine does"
        aria-pressed={engineOpen}
        onClick={() => act({ type: 'toggle-engine' })}
      >
        <Activity aria-hidden />
      </Button>
      {on.onPictureInPicture && (
        <Button
          look="quiet"
          icon
          className={styles['optional']}
          aria-label="Picture in picture"
          onClick={on.onPictureInPicture}
        >
          <PictureInPicture2 aria-hidden />
        </Button>
      )}
      <Button
        look="quiet"
        icon
        aria-label={fullscreen ? 'Leave full screen' : 'Full screen'}
        onClick={() => act({ type: 'toggle-fullscreen' })}
      >
        {fullscreen ? <Minimize aria-hidden /> : <Maximize aria-hidden />}
      </Button>
    </div>
  );
}
