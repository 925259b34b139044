import type { AlsoMerge } from '../../repositories/moved-film.js';
import { moveWatchesWithin } from '../../repositories/watch.repository.js';
import { foldTitle } from './fold-title.js';

/** What was watched of a film that turned out to be another one counts for that one. */
export const moveWatches: AlsoMerge = (manager, merge) => moveWatchesWithin(manager, merge, foldTitle);
