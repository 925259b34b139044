import { ApiClient, textAt } from '../../../../e2e/src/api-client.js';
import { KinoraProcess } from '../../../../e2e/src/kinora-process.js';
import type { Contestant } from './contestant.js';

const account = { ADMIN_USERNAME: 'bench', ADMIN_PASSWORD: 'bench bench bench' };

/** The built product, asked as any client asks it. Signing in comes before the clock starts. */
export const kinora: Contestant = {
  name: 'Kinora',
  async start(folder) {
    const server = await KinoraProcess.start(
      {
        ...account,
        TORRENT_ALLOW_PRIVATE_PEERS: 'true',
        TORRENT_DHT: 'false',
        TORRENT_TRACKERS: '',
        LOG_LEVEL: 'error',
      },
      folder,
    );
    const api = await ApiClient.signIn(server, account.ADMIN_USERNAME, account.ADMIN_PASSWORD);
    return {
      pid: server.pid,
      async play({ magnet, torrent }, as) {
        const { body } =
          as === 'magnet'
            ? await api.post('/api/playback', { magnet })
            : await api.postBytes('/api/playback', torrent, 'application/x-bittorrent');
        return server.url + textAt(body, 'url');
      },
      async stop() {
        await server.stop();
      },
    };
  },
};
