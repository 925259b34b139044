import { clsx } from 'clsx';
import { ArrowLeft, Play } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useApi } from '../../api/client.js';
import type { Movie, Playback, PlaybackState, Show } from '../../api/types.js';
import { Backdrop } from '../../ui/backdrop.js';
import { Button } from '../../ui/button.js';
import { BufferingPanel } from './buffering-panel.js';
import { ControlBar } from './control-bar.js';
import { EnginePanel } from './engine-panel.js';
import { KeysPanel } from './keys-panel.js';
import { NextEpisodeOffer } from './next-episode-offer.js';
import { PlaybackController } from './playback-controller.js';
import type { PlayerAction } from './player-keys.js';
import { PlayerProblem } from './player-problem.js';
import { findProblem } from './problems.js';
import { SeekBar } from './seek-bar.js';
import { bufferedStretches, fetchedStretches } from './seek-layers.js';
import styles from './stage.module.css';
import { titleOf } from './title-of.js';
import { useActivity } from './use-activity.js';
import { useFullscreen } from './use-fullscreen.js';
import { type MediaState, useMediaState } from './use-media-state.js';
import { useNextEpisode, useReadyNext } from './use-next-episode.js';
import { usePlayerKeys } from './use-player-keys.js';
import { useProgress } from './use-progress.js';
import {
  commandVideo,
  pictureInPicture,
  play,
  seekTo,
  setRate,
  setVolume,
  toggleFullscreen,
} from './video-commands.js';
import { WaitingPanel } from './waiting-panel.js';

/** Film during which it is still said that another source has taken over. */
const NOTICE_SECONDS = 6;

interface StageProps {
  /** Asks the server for the play; called once. */
  ask: () => Promise<Playback>;
  film: Movie | Show | null;
  mediaId: string | null;
  /** Which one of a series; nothing for a film. */
  place?: { season: number; episode: number } | undefined;
  /** Seconds; where an earlier try stood. */
  resumeAt: number | null;
  onRestart: (resumeAt: number | null) => void;
  onLeave: () => void;
  onSources: (mediaId: string) => void;
  /** Goes over to another episode of the series. */
  onEpisode: (place: { season: number; episode: number }) => void;
  /** Told when this source fails the viewer and others are known; absent when the viewer chose the source. */
  onFailing?: ((alternatives: readonly string[], position: number) => void) | undefined;
  /** It has just taken over from another source. */
  moved: boolean;
}

/** One play on screen: nothing but the picture, and over it what is needed now. */
export function Stage(props: StageProps) {
  const { ask, film, mediaId, place, resumeAt, onRestart, onLeave, onSources, onEpisode } = props;
  const { onFailing, moved } = props;
  const api = useApi();
  const stage = useRef<HTMLDivElement>(null);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [panel, setPanel] = useState<'engine' | 'keys' | null>(null);
  const [controller] = useState(() => new PlaybackController(api, ask));
  const { playback, state, error, unreachable } = useSyncExternalStore(
    controller.subscribe,
    controller.getSnapshot,
  );
  const media = useMediaState(video);
  const watchedId = state?.mediaId ?? mediaId;
  const watchedPlace = playingPlace(state) ?? place;
  useProgress(api, watchedId === null ? null : { mediaId: watchedId, ...watchedPlace }, video, media);
  const fullscreen = useFullscreen();
  const { active, toggle: toggleControls } = useActivity(stage);
  const position = media.time > 0 ? media.time : resumeAt;
  const next = useNextEpisode(mediaId, place);
  const [declined, setDeclined] = useState(false);
  const offered = next !== null && !declined && isNearEnd(media) ? next : null;
  useReadyNext(mediaId, offered);

  useEffect(() => {
    controller.start();
    const hide = () => controller.leave();
    // The page came back out of the browser's memory; its play is over by then.
    const show = (event: PageTransitionEvent) => event.persisted && onRestart(null);
    addEventListener('pagehide', hide);
    addEventListener('pageshow', show);
    return () => {
      removeEventListener('pagehide', hide);
      removeEventListener('pageshow', show);
      controller.stop();
    };
  }, [controller, onRestart]);

  useEffect(() => {
    // Asked for at once instead of by `autoplay`, which waits until the browser trusts the whole way to the end.
    if (video) play(video);
  }, [video]);

  const startAt = resumeAt ?? playback?.resumeAtSeconds ?? 0;
  useEffect(() => {
    if (!video || startAt <= 0) return;
    const seek = () => seekTo(video, startAt);
    video.addEventListener('loadedmetadata', seek, { once: true });
    return () => video.removeEventListener('loadedmetadata', seek);
  }, [video, startAt]);

  const act = useCallback(
    (action: PlayerAction) => {
      if (video) commandVideo(video, action);
      switch (action.type) {
        case 'toggle-fullscreen':
          toggleFullscreen();
          break;
        case 'next-episode':
          if (next) onEpisode(next);
          break;
        case 'toggle-engine':
          setPanel((open) => (open === 'engine' ? null : 'engine'));
          break;
        case 'toggle-keys':
          setPanel((open) => (open === 'keys' ? null : 'keys'));
          break;
        case 'leave':
          if (panel) setPanel(null);
          else onLeave();
          break;
        case 'toggle-play':
        case 'toggle-mute':
        case 'seek-by':
        case 'seek-to-part':
        case 'change-volume':
          break;
      }
    },
    [video, panel, onLeave, next, onEpisode],
  );
  usePlayerKeys(act);

  const title = titleOf(film, place) ?? state?.title ?? '';
  const sourcesOf = state?.mediaId ?? mediaId;
  const problem = findProblem({ error, state, media });
  const waiting = !problem && !media.started;
  const buffering = !problem && media.started && media.waiting;
  useEffect(() => controller.setWaiting(buffering), [controller, buffering]);
  useEffect(() => controller.setLength(media.duration), [controller, media.duration]);
  const alternatives = state?.alternatives;
  useEffect(() => {
    // The server names others only when this one fails: it stands still, or nobody has come for it at all.
    if ((buffering || waiting) && alternatives && alternatives.length > 0)
      onFailing?.(alternatives, media.time > 0 ? media.time : startAt);
  }, [buffering, waiting, alternatives, media.time, startAt, onFailing]);
  const resting = !active && !problem && !waiting && !media.paused && panel === null;
  const others = (
    <>
      {sourcesOf !== null && <Button onClick={() => onSources(sourcesOf)}>Choose another source</Button>}
      <Button onClick={onLeave}>Back</Button>
    </>
  );

  return (
    <main ref={stage} className={clsx(styles['stage'], resting && styles['resting'])} data-testid="player">
      <title>{title === '' ? 'Player · Kinora' : `${title} · Kinora`}</title>
      {!media.started && (
        <>
          <Backdrop title={title} url={film?.backdropUrl ?? null} />
          <span className={styles['veil']} />
        </>
      )}
      {playback && state?.file && (
        <video
          ref={setVideo}
          className={clsx(styles['video'], !media.started && styles['unseen'])}
          data-testid="video"
          src={playback.url}
          playsInline
          onClick={(event) => {
            const touch =
              event.nativeEvent instanceof PointerEvent && event.nativeEvent.pointerType === 'touch';
            if (touch) toggleControls();
            else act({ type: 'toggle-play' });
          }}
          onDoubleClick={() => act({ type: 'toggle-fullscreen' })}
        />
      )}

      <header className={styles['top']}>
        <Button look="quiet" icon aria-label="Back" onClick={onLeave}>
          <ArrowLeft aria-hidden />
        </Button>
        {!waiting && (
          <p className={styles['title']} dir="auto">
            {title}
          </p>
        )}
        {moved && media.time < startAt + NOTICE_SECONDS && (
          <p className={styles['notice']} role="status">
            The first source did not deliver. Going on with another at the same place.
          </p>
        )}
        {state?.lengthDoubt && !problem && (
          <p className={styles['notice']} role="status">
            {state.lengthDoubt}
          </p>
        )}
        {media.noSound && !problem && (
          <p className={styles['notice']} role="status" data-testid="no-sound">
            No sound. This browser cannot play the audio of this file, or the file has none.
            {sourcesOf !== null && (
              <Button look="quiet" onClick={() => onSources(sourcesOf)}>
                Choose another source
              </Button>
            )}
          </p>
        )}
        {unreachable && (
          <p className={styles['notice']} role="status">
            The server does not answer. Trying again.
          </p>
        )}
      </header>

      <div className={styles['middle']}>
        {problem && (
          <PlayerProblem
            {...problem}
            actions={
              <>
                <Button look="primary" onClick={() => onRestart(position)}>
                  Try again
                </Button>
                {others}
              </>
            }
          />
        )}
        {waiting && <WaitingPanel title={title} state={state} actions={others} />}
        {buffering && <BufferingPanel state={state} />}
        {!problem && !waiting && !buffering && media.paused && !(media.ended && offered) && (
          <Button
            look="primary"
            icon
            className={styles['play']}
            aria-label={media.ended ? 'Play from the start' : 'Play film'}
            onClick={() => act({ type: 'toggle-play' })}
          >
            <Play aria-hidden fill="currentColor" />
          </Button>
        )}
      </div>

      {offered && !problem && (
        <NextEpisodeOffer
          next={offered}
          ended={media.ended}
          onPlay={() => onEpisode(offered)}
          onDecline={() => setDeclined(true)}
        />
      )}

      {panel !== null && (
        <div className={styles['side']}>
          {panel === 'engine' ? (
            <EnginePanel playback={playback} state={state} media={media} />
          ) : (
            <KeysPanel />
          )}
        </div>
      )}

      {media.started && (
        <footer className={styles['bottom']}>
          <SeekBar
            time={media.time}
            duration={media.duration}
            buffered={media.buffered ? bufferedStretches(media.buffered, media.duration) : []}
            fetched={state?.file ? fetchedStretches(state.downloadedRanges, state.file.sizeBytes) : []}
            onSeek={(seconds) => video && seekTo(video, seconds)}
          />
          <ControlBar
            media={media}
            fullscreen={fullscreen}
            engineOpen={panel === 'engine'}
            hasNext={next !== null}
            act={act}
            onVolume={(volume) => video && setVolume(video, volume)}
            onRate={(rate) => video && setRate(video, rate)}
            onPictureInPicture={
              video && document.pictureInPictureEnabled ? () => pictureInPicture(video) : undefined
            }
          />
        </footer>
      )}
    </main>
  );
}

/** The episode that plays, as the server says it; nothing for a film, and before the server has answered. */
function playingPlace(state: PlaybackState | null): { season: number; episode: number } | undefined {
  if (state === null || state.season === null || state.episode === null) return undefined;
  return { season: state.season, episode: state.episode };
}

/** Where the credits are, more or less: the rest is a twentieth, and not more than 45 seconds. */
function isNearEnd({ started, time, duration, ended }: MediaState): boolean {
  if (!started || !Number.isFinite(duration) || duration <= 0) return false;
  return ended || duration - time <= Math.min(45, duration / 20);
}
