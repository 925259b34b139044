import { unwatchFile, watchFile } from 'node:fs';
import { type KeyRing, loadSecrets, type Secrets, secretsFile } from '../../encryption/secrets.js';
import type { Logger } from '../../logging/logger.js';

export interface SigningKeysOptions {
  /** Folder of the keys file. */
  folder: string;
  /** As read at the start. */
  secrets: Secrets;
  logger: Logger;
  /** How often the file is looked at, milliseconds. */
  everyMs?: number;
}

/**
 * The keys that sign tokens and grants, followed while the server runs: after `kinora keys rotate` the new ones sign
 * within seconds, and the ones before go on verifying. The file's times are polled, which also works where a file system
 * tells of no changes.
 */
export class SigningKeys {
  private secrets: Secrets;

  constructor(private readonly options: SigningKeysOptions) {
    this.secrets = options.secrets;
  }

  /** For access tokens, as they are now. */
  readonly accessToken = (): KeyRing => this.secrets.accessToken;

  /** For playback grants, as they are now. */
  readonly grant = (): KeyRing => this.secrets.grant;

  start(): void {
    const { folder, everyMs = 2_000 } = this.options;
    watchFile(secretsFile(folder), { interval: everyMs, persistent: false }, this.look);
  }

  stop(): void {
    unwatchFile(secretsFile(this.options.folder), this.look);
  }

  private readonly look = (): void => {
    void this.reload();
  };

  /** A file that cannot be used changes nothing: what signed until now goes on. */
  private async reload(): Promise<void> {
    const { folder, logger } = this.options;
    try {
      const found = await loadSecrets(folder, { mayCreate: false });
      // With these exchanged no password would fit, and everybody would be signed out.
      if (
        !isSame(found.refreshKey, this.secrets.refreshKey) ||
        !isSame(found.passwordPepper, this.secrets.passwordPepper)
      )
        throw new Error('The keys file is of another server; the keys read at the start are kept.');
      if (found.accessToken[0].id === this.secrets.accessToken[0].id) return;
      this.secrets = found;
      logger.info({ keyId: found.accessToken[0].id }, 'signing keys rotated');
    } catch (error) {
      logger.error({ err: error }, 'the keys file changed and cannot be used');
    }
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b);
}
