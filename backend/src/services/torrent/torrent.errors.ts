import { AppError } from '../../errors/app-error.js';

/** The engine's process is not running (yet, or again). It is restarted by its supervisor, so trying again helps. */
export class EngineUnavailableError extends AppError {
  override readonly name = 'EngineUnavailableError';

  constructor(cause?: unknown) {
    super('engine-unavailable', 'The torrent engine is starting again. Try once more in a moment.', {
      retryAfterSeconds: 2,
      cause,
    });
  }
}

/** The engine runs and could not do what was asked with this torrent. Trying again does not help. */
export class EngineFailureError extends AppError {
  override readonly name = 'EngineFailureError';

  constructor(cause?: unknown) {
    super('torrent-unplayable', 'The torrent engine could not use this torrent. Try another one.', { cause });
  }
}

/** The engine's process takes so much memory that no further torrent is joined. What plays goes on. */
export class EngineCrowdedError extends AppError {
  override readonly name = 'EngineCrowdedError';

  constructor() {
    super(
      'engine-unavailable',
      'The torrent engine has its hands full. Stop something that plays, or try again later.',
      {
        retryAfterSeconds: 30,
      },
    );
  }
}

/** The .torrent bytes, or the metadata a swarm sent, are malformed or beyond our limits. */
export class TorrentInvalidError extends AppError {
  override readonly name = 'TorrentInvalidError';

  constructor(reason: string) {
    super('torrent-invalid', `This torrent cannot be used: ${reason}.`);
  }
}

/** The text is no magnet link that names a BitTorrent v1 info-hash. */
export class MagnetInvalidError extends AppError {
  override readonly name = 'MagnetInvalidError';

  constructor(reason: string) {
    super('magnet-invalid', `This magnet link cannot be used: ${reason}.`);
  }
}

/** No peer has sent the metadata within the time given. */
export class MetadataTimeoutError extends AppError {
  override readonly name = 'MetadataTimeoutError';

  constructor(seconds: number) {
    super('metadata-timeout', `No peer has described this torrent within ${seconds} seconds.`, {
      retryAfterSeconds: 5,
    });
  }
}

/** The torrent holds nothing that can be played, or not the file asked for. */
export class TorrentUnplayableError extends AppError {
  override readonly name = 'TorrentUnplayableError';

  constructor(reason: string) {
    super('torrent-unplayable', `Nothing to play here: ${reason}.`);
  }
}

/** The engine will not take this torrent any more: it kept stopping the engine's process. */
export class TorrentRefusedError extends AppError {
  override readonly name = 'TorrentRefusedError';

  constructor(reason: string) {
    super('torrent-unplayable', `This torrent is set aside: ${reason}.`);
  }
}
