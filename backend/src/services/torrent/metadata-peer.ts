import type Wire from 'bittorrent-protocol';
import type { MetadataFetches } from './metadata-fetches.js';

/** What the library keeps for the metadata of one peer (BEP 9). */
interface Handler {
  metadata: unknown;
  _metadataSize: number | null;
  _fetching: boolean;
  _bitfield: { get(piece: number): boolean };
  _requestPieces(): void;
  _onData(piece: number, bytes: Uint8Array, total: unknown): void;
  _failedMetadata(): void;
  fetch(): void;
  cancel(): void;
}

/**
 * Lets a peer be asked for metadata only when it is its turn. The library asks every peer at once, takes the memory for
 * each before anything came, again for each handshake, and hashes all of it again for each block sent twice.
 * @throws Error when the library is not what it was
 */
export function takeTurns(wire: Wire, infoHash: string, fetches: MetadataFetches): void {
  const handler: object | undefined = wire._ext['ut_metadata'];
  if (!isHandler(handler)) throw new Error('The metadata of peers is not where it was');
  const request = handler._requestPieces.bind(handler);
  const cancel = handler.cancel.bind(handler);
  const onData = handler._onData.bind(handler);
  let turn: ReturnType<MetadataFetches['enter']> | null = null;
  let entered = 0;

  handler._requestPieces = () => {
    const bytes = handler._metadataSize ?? 0;
    if (!handler._fetching) return;
    if (entered > 0) {
      // A second handshake changes nothing, unless it contradicts the first.
      if (bytes !== entered) wire.destroy();
      return;
    }
    entered = bytes;
    handler._fetching = false;
    turn = fetches.enter({
      infoHash,
      bytes,
      begin: () => {
        handler._fetching = true;
        request();
      },
      pause: () => {
        cancel();
        handler.metadata = null;
        handler._bitfield = Reflect.construct(handler._bitfield.constructor, [0, { grow: 1_000 }]) as {
          get(piece: number): boolean;
        };
      },
    });
  };
  handler._onData = (piece, bytes, total) => {
    if (!handler._fetching || handler._bitfield.get(piece)) return;
    turn?.progressed();
    onData(piece, bytes, total);
  };
  handler.cancel = () => {
    cancel();
    turn?.end();
  };
  // It said that it has what we asked for, and has something else.
  handler._failedMetadata = () => wire.destroy();
  wire.once('close', () => turn?.end());
}

function isHandler(handler: object | undefined): handler is Handler {
  return (
    handler !== undefined &&
    ['_requestPieces', '_onData', '_failedMetadata', 'fetch', 'cancel'].every(
      (name) => typeof Reflect.get(handler, name) === 'function',
    )
  );
}
