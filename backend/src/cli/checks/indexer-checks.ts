import type { Configuration } from '../../configuration.js';
import type { DataFolder } from '../../data-folder.js';
import { peek } from '../../database/peek.js';
import { TextSealer } from '../../encryption/sealed-text.js';
import { loadSecrets } from '../../encryption/secrets.js';
import { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import { IndexerRepository } from '../../repositories/indexer.repository.js';
import { isConfiguredId } from '../../services/indexers/configured-indexers.js';
import { settingsOf } from '../../services/indexers/indexer-settings.js';
import { askProvider } from '../../services/settings/ask-provider.js';
import type { Finding } from '../../services/settings/finding.js';
import type { IndexerKind, IndexerSettings } from '../../services/source/indexer.port.js';
import { underVpn } from '../../services/vpn/vpn.check.js';
import { indexerKinds } from '../../trackers/index.js';

/** A Torznab server asks others on the spot. Milliseconds. */
const deadlineMs = 20_000;

/**
 * Tries the indexers that administrators have added on their page and not turned off, by the way that searches take.
 * Nothing where the database or the keys cannot be read: others tell of that.
 */
export async function checkAddedIndexers(
  configuration: Configuration,
  { database, secrets }: Pick<DataFolder, 'database' | 'secrets'>,
  version: string,
): Promise<Finding[]> {
  const added = await readAdded(database, secrets).catch(() => []);
  if (added.length === 0) return [];
  return underVpn(configuration, version, (guard) => {
    const dispatcher = new PermittedDispatcher();
    dispatcher.setPermission(guard.permission);
    return Promise.all(added.map((one) => check(one, version, dispatcher)));
  });
}

interface Added {
  kind: IndexerKind;
  settings: IndexerSettings;
}

async function readAdded(database: string, secrets: string): Promise<Added[]> {
  const rows = (await peek(database, (store) => new IndexerRepository(store).list())) ?? [];
  const wanted = rows.filter(({ id, kind, enabled }) => enabled && !isConfiguredId(id, kind));
  if (wanted.length === 0) return [];
  const { refreshKey } = await loadSecrets(secrets, { mayCreate: false });
  const sealer = new TextSealer(refreshKey);
  return wanted.flatMap((row) => {
    const kind = indexerKinds.find((candidate) => candidate.kind === row.kind);
    return kind ? [{ kind, settings: settingsOf(row, sealer) }] : [];
  });
}

async function check(
  { kind, settings }: Added,
  version: string,
  dispatcher: PermittedDispatcher,
): Promise<Finding> {
  const found = await askProvider(
    kind.label,
    version,
    (http) => {
      const downloads = { fetch: () => Promise.reject(new Error('a check fetches nothing')) };
      const indexer = kind.create(settings, { createHttp: () => http, downloads });
      return indexer.test({ signal: AbortSignal.timeout(deadlineMs) });
    },
    { dispatcher },
  );
  return { ...found, subject: `indexer ${settings.name}` };
}
