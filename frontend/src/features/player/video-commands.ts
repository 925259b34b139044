import type { PlayerAction } from './player-keys.js';

/** What the viewer asks of the picture itself; the rest of the actions belongs to the page. */
export function commandVideo(video: HTMLVideoElement, action: PlayerAction): void {
  switch (action.type) {
    case 'toggle-play':
      if (video.paused) play(video);
      else video.pause();
      break;
    case 'toggle-mute':
      video.muted = !video.muted;
      break;
    case 'seek-by':
      seekTo(video, video.currentTime + action.seconds);
      break;
    case 'seek-to-part':
      seekTo(video, video.duration * action.part);
      break;
    case 'change-volume':
      setVolume(video, video.volume + action.by);
      break;
    case 'toggle-fullscreen':
    case 'toggle-engine':
    case 'toggle-keys':
    case 'next-episode':
    case 'leave':
      break;
  }
}

/** Browsers may refuse to play before the first touch; the large play button is then there to be pressed. */
export function play(video: HTMLVideoElement): void {
  video.play().catch(() => undefined);
}

export function seekTo(video: HTMLVideoElement, seconds: number): void {
  if (!Number.isFinite(video.duration) || !Number.isFinite(seconds)) return;
  video.currentTime = Math.min(Math.max(0, seconds), Math.max(0, video.duration - 0.25));
}

export function setVolume(video: HTMLVideoElement, volume: number): void {
  video.volume = Math.min(1, Math.max(0, volume));
  video.muted = video.volume === 0;
}

export function setRate(video: HTMLVideoElement, rate: number): void {
  video.playbackRate = rate;
}

export function pictureInPicture(video: HTMLVideoElement): void {
  const change = document.pictureInPictureElement
    ? document.exitPictureInPicture()
    : video.requestPictureInPicture();
  change.catch(() => undefined);
}

/** Of the whole page, which outlives the play: the next episode begins in it. */
export function toggleFullscreen(): void {
  const change = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  change.catch(() => undefined);
}

/** The player is left. */
export function leaveFullscreen(): void {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
}
