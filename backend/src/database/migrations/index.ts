import { CreateCoreTables1795345200000 } from './1795345200000-create-core-tables.js';

/** In the order they run. A migration that was released is never edited; the next one corrects it. */
export const migrations = [CreateCoreTables1795345200000] as const;
