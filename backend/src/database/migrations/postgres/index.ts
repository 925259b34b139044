import { CreateAllTables1795383000000 } from './1795383000000-create-all-tables.js';
import { AddRatingsAndLeases1795384800000 } from './1795384800000-add-ratings-and-leases.js';
import { AddAliasesAndCountries1795395600000 } from './1795395600000-add-aliases-and-countries.js';
import { AddEpisodesToSeriesPlays1795399200000 } from './1795399200000-add-episodes-to-series-plays.js';
import { AddSecurityVersion1795401000000 } from './1795401000000-add-security-version.js';
import { AddSecondFactors1795404600000 } from './1795404600000-add-second-factors.js';
import type { PostgresMigration } from './postgres-migration.js';

/** In the order they run. A migration that was released is never edited; the next one corrects it. */
export const postgresMigrations: readonly (new () => PostgresMigration)[] = [
  CreateAllTables1795383000000,
  AddRatingsAndLeases1795384800000,
  AddAliasesAndCountries1795395600000,
  AddEpisodesToSeriesPlays1795399200000,
  AddSecurityVersion1795401000000,
  AddSecondFactors1795404600000,
];
