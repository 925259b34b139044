import type { PlaybackState } from '../../api/types.js';
import { mediaErrorWords } from './media-error.js';
import type { MediaState } from './use-media-state.js';

export interface Problem {
  title: string;
  error: Error;
}

interface Circumstances {
  error: Error | null;
  state: PlaybackState | null;
  media: Pick<MediaState, 'error' | 'noPicture' | 'started' | 'waiting'>;
}

/** What keeps the film from playing, if anything does. A failed engine matters once the buffer has run out. */
export function findProblem({ error, state, media }: Circumstances): Problem | null {
  if (error) return { title: 'This does not play', error };
  if (state?.stage === 'failed' && (!media.started || media.waiting)) {
    return { title: 'This does not play', error: new Error(state.message) };
  }
  if (media.error) {
    return {
      title: 'The film stopped',
      error: new Error(mediaErrorWords(media.error.code, media.error.message)),
    };
  }
  if (media.noPicture) {
    return {
      title: 'There is sound but no picture',
      error: new Error(
        'This browser cannot decode the picture of this file. Another source may have one it can.',
      ),
    };
  }
  return null;
}
