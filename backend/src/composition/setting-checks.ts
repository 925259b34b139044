import type { Configuration } from '../configuration.js';
import { PermittedDispatcher } from '../http-client/permitted.dispatcher.js';
import { checkCache } from '../services/settings/cache.check.js';
import { checkDatabase } from '../services/settings/database.check.js';
import type { Finding } from '../services/settings/finding.js';
import type { SettingCheck } from '../services/settings/setting-check.js';
import { checkS3 } from '../services/storage/s3.check.js';
import { checkTmdb } from '../services/tmdb/tmdb.check.js';
import { checkTrakt } from '../services/trakt/trakt.check.js';
import { checkVpn, underVpn } from '../services/vpn/vpn.check.js';
import type { VpnGuard } from '../services/vpn/vpn-guard.service.js';
import { checkTorznab } from '../trackers/torznab/torznab.check.js';
import { checkYts } from '../trackers/yts/yts.check.js';
import { s3Settings } from './chunk-store-choice.js';

/** What tries the settings on the real thing, for the set-up, the settings page and the doctor. */
export function settingChecks(version: string): SettingCheck<Configuration>[] {
  return [
    {
      group: 'catalogue',
      names: ['TMDB_API_TOKEN', 'TMDB_API_URL'],
      run: async ({ TMDB_API_TOKEN: token, TMDB_API_URL: url }) =>
        token === undefined
          ? [off('TMDB', 'no token; the catalogue is the built-in open films')]
          : [await checkTmdb(url, token, version)],
    },
    {
      group: 'indexers',
      names: ['YTS_API_URL'],
      run: async (configuration) => {
        const { YTS_API_URL: urls } = configuration;
        if (urls.length === 0) return [off('YTS')];
        return underVpn(configuration, version, (guard) =>
          Promise.all(urls.map((url) => checkYts(url, version, dispatcherOf(guard)))),
        );
      },
    },
    {
      group: 'indexers',
      names: ['TORZNAB_URLS'],
      run: async (configuration) => {
        const { TORZNAB_URLS: urls } = configuration;
        if (urls.length === 0) return [off('Torznab', 'none by setting')];
        return underVpn(configuration, version, (guard) =>
          Promise.all(urls.map((url) => checkTorznab(url, version, dispatcherOf(guard)))),
        );
      },
    },
    {
      group: 'accounts',
      names: ['TRAKT_CLIENT_ID', 'TRAKT_CLIENT_SECRET', 'TRAKT_API_URL', 'TRAKT_AUTH_URL'],
      run: async (configuration) => [
        await checkTrakt(
          {
            apiUrl: configuration.TRAKT_API_URL,
            authUrl: configuration.TRAKT_AUTH_URL,
            clientId: configuration.TRAKT_CLIENT_ID,
            clientSecret: configuration.TRAKT_CLIENT_SECRET,
          },
          version,
        ),
      ],
    },
    {
      group: 'vpn',
      names: ['VPN_POLICY', 'VPN_INTERFACE', 'VPN_PROVIDER', 'VPN_DNS', 'NORDVPN_API_URL'],
      run: (configuration) => checkVpn(configuration, version),
    },
    {
      group: 'cache',
      names: ['CACHE_URL'],
      run: async ({ CACHE_URL: url }) =>
        url === undefined ? [off('cache', 'memory alone')] : [await checkCache(url)],
    },
    {
      group: 'database',
      names: ['DATABASE_URL'],
      run: async ({ DATABASE_URL: url }) => (url === undefined ? [] : [await checkDatabase(url)]),
    },
    {
      group: 'storage',
      names: ['S3_ENDPOINT', 'S3_BUCKET', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
      run: async (configuration) => {
        const s3 = s3Settings(configuration);
        return s3 ? [await checkS3(s3)] : [];
      },
    },
  ];
}

/** For what a guard permits right now. */
function dispatcherOf({ permission }: VpnGuard): PermittedDispatcher {
  const dispatcher = new PermittedDispatcher();
  dispatcher.setPermission(permission);
  return dispatcher;
}

function off(subject: string, text = 'off'): Finding {
  return { subject, verdict: 'note', text };
}
