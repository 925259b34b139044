import { afterEach, beforeEach } from '@jest/globals';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

/**
 * The servers of one test, in a data folder of its own. They are ended after it, also when it failed half-way: a server left
 * running would hold the whole run.
 */
export class OwnServers {
  private folder = '';
  private readonly running: KinoraProcess[] = [];

  /** To be made at the top of a suite; `environment` is what every server of it is given. */
  constructor(private readonly environment: Readonly<Record<string, string>>) {
    beforeEach(async () => {
      this.folder = await newDataDir();
    });
    afterEach(async () => {
      for (const server of this.running.splice(0)) await server.kill();
      await removeDataDir(this.folder);
    });
  }

  get dataDir(): string {
    return this.folder;
  }

  async start(
    environment: Readonly<Record<string, string>> = {},
    dataDir = this.folder,
  ): Promise<KinoraProcess> {
    const server = await KinoraProcess.start({ ...this.environment, ...environment }, dataDir);
    this.running.push(server);
    return server;
  }
}
