import type { MigrationInterface } from 'typeorm';
import { CreateCoreTables1795345200000 } from './1795345200000-create-core-tables.js';
import { AddAgeLimitAndLanguage1795352400000 } from './1795352400000-add-age-limit-and-language.js';
import { ChainAuditEvents1795356000000 } from './1795356000000-chain-audit-events.js';
import { AddTorrentUses1795358400000 } from './1795358400000-add-torrent-uses.js';
import { AddJobs1795363200000 } from './1795363200000-add-jobs.js';
import { AddDatabaseIdentity1795364100000 } from './1795364100000-add-database-identity.js';
import { CreateWatchTables1795366800000 } from './1795366800000-create-watch-tables.js';
import { AddSettings1795368600000 } from './1795368600000-add-settings.js';
import { CreateTraktTables1795368600000 } from './1795368600000-create-trakt-tables.js';
import { AddSwarmMemories1795370400000 } from './1795370400000-add-swarm-memories.js';
import { AddCatalogue1795372200000 } from './1795372200000-add-catalogue.js';
import { AddIndexers1795374000000 } from './1795374000000-add-indexers.js';
import { AddTraktListsAndRatings1795377600000 } from './1795377600000-add-trakt-lists-and-ratings.js';
import { SortCatalogueByIndex1795381200000 } from './1795381200000-sort-catalogue-by-index.js';
import { AddRatingsAndLeases1795384800000 } from './1795384800000-add-ratings-and-leases.js';
import { AddAliasesAndCountries1795395600000 } from './1795395600000-add-aliases-and-countries.js';
import { AddEpisodesToSeriesPlays1795399200000 } from './1795399200000-add-episodes-to-series-plays.js';
import { AddSecurityVersion1795401000000 } from './1795401000000-add-security-version.js';
import { AddSecondFactors1795404600000 } from './1795404600000-add-second-factors.js';

/** In the order they run. A migration that was released is never edited; the next one corrects it. */
export const migrations: readonly (new () => MigrationInterface & { readonly name: string })[] = [
  CreateCoreTables1795345200000,
  AddAgeLimitAndLanguage1795352400000,
  ChainAuditEvents1795356000000,
  AddTorrentUses1795358400000,
  AddJobs1795363200000,
  AddDatabaseIdentity1795364100000,
  CreateWatchTables1795366800000,
  AddSettings1795368600000,
  AddSwarmMemories1795370400000,
  AddCatalogue1795372200000,
  CreateTraktTables1795368600000,
  AddIndexers1795374000000,
  AddTraktListsAndRatings1795377600000,
  SortCatalogueByIndex1795381200000,
  AddRatingsAndLeases1795384800000,
  AddAliasesAndCountries1795395600000,
  AddEpisodesToSeriesPlays1795399200000,
  AddSecurityVersion1795401000000,
  AddSecondFactors1795404600000,
];
