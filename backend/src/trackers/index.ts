import type { IndexerKind } from '../services/source/indexer.port.js';
import { internetArchive } from './internet-archive/internet-archive.indexer.js';
import { openFilms } from './open-films/open-films.indexer.js';
import { torznab } from './torznab/torznab.indexer.js';
import { yts } from './yts/yts.indexer.js';

/** Every kind of indexer there is. A new one is a folder and a line here. */
export const indexerKinds: readonly IndexerKind[] = [openFilms, internetArchive, yts, torznab];
