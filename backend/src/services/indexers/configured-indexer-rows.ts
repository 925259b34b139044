import type { TextSealer } from '../../encryption/sealed-text.js';
import type { Indexer as IndexerRow } from '../../entities/indexer.entity.js';
import type { IndexerRepository } from '../../repositories/indexer.repository.js';
import type { IndexerKind } from '../source/indexer.port.js';
import { type ConfiguredIndexer, configuredIndexers, isConfiguredId } from './configured-indexers.js';
import { after, blankRow, sealedKey } from './indexer-rows.js';
import { settingsOf } from './indexer-settings.js';

export interface ConfiguredIndexerRowsOptions {
  indexers: IndexerRepository;
  kinds: readonly IndexerKind[];
  seal: TextSealer;
}

/** The rows of indexers that nobody added: those built in, and those the configuration names. */
export class ConfiguredIndexerRows {
  constructor(private readonly options: ConfiguredIndexerRowsOptions) {}

  /** Makes what is kept agree with the configuration; answers the ids of those that are gone. */
  async bring(configured: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
    const gone: string[] = [];
    const { indexers, kinds } = this.options;
    const rows = await indexers.list();
    const wanted = configuredIndexers(kinds, configured);
    for (const row of rows) {
      const isOurs = isConfiguredId(row.id, row.kind) && kinds.some(({ kind }) => kind === row.kind);
      if (!isOurs || wanted.some(({ id }) => id === row.id)) continue;
      await indexers.delete(row.id);
      gone.push(row.id);
    }
    for (const one of wanted) {
      const row = rows.find(({ id }) => id === one.id);
      if (!row) await indexers.save(await this.ownRow(one));
      else if (this.differs(row, one))
        await indexers.save(
          Object.assign(row, {
            urls: [...one.urls],
            sealedApiKey: sealedKey(this.options.seal, one.id, one.apiKey),
            updatedAt: after(row),
          }),
        );
    }
    return gone;
  }

  private async ownRow({ id, kind, name, urls, apiKey }: ConfiguredIndexer): Promise<IndexerRow> {
    const rows = await this.options.indexers.list();
    const isTaken = rows.some((row) => row.name.toLowerCase() === name.toLowerCase());
    return Object.assign(blankRow(new Date()), {
      id,
      kind: kind.kind,
      name: isTaken ? `${name} (${id.slice(-10)})` : name,
      // What the operator configured comes before what is there by itself.
      position: kind.builtIn ? rows.length : -1,
      enabled: kind.builtIn?.enabled ?? true,
      urls: [...urls],
      sealedApiKey: sealedKey(this.options.seal, id, apiKey),
    });
  }

  private differs(row: IndexerRow, { urls, apiKey }: ConfiguredIndexer): boolean {
    return (
      JSON.stringify(row.urls) !== JSON.stringify(urls) ||
      settingsOf(row, this.options.seal).apiKey !== apiKey
    );
  }
}
