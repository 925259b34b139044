import Wire from 'bittorrent-protocol';

/** A block of 16 KiB as a message without its length (BEP 3): id, piece, offset, bytes. */
const blockMessageBytes = 9 + 16 * 1024;
const lengthBytes = 4;
const pieceId = 7;

/**
 * Has every wire read messages where they lie in a packet, and put together only those that lie in several. The
 * library joins all it has not read yet anew with every packet. Handshakes and encrypted connections are left to it. The
 * bytes of a block are good only until its `piece` event has been heard, those of a packet until `onRead`. Once for the process.
 */
export function readMessagesInPlace(onRead: (packet: Uint8Array) => void): void {
  const { _write } = Wire.prototype;
  const inboxes = new WeakMap<Wire, WireInbox>();

  Wire.prototype._write = function (this: Wire, data, done) {
    if (!isPastHandshake(this)) {
      _write.call(this, data, done);
      return;
    }
    let inbox = inboxes.get(this);
    if (!inbox) {
      inbox = new WireInbox(this);
      inboxes.set(this, inbox);
    }
    inbox.take(data);
    onRead(data);
    done(null);
  };
}

/** Messages follow, and they are not encrypted. */
function isPastHandshake(wire: Wire): boolean {
  const { _parser, _encryptionMethod, _cryptoSyncPattern } = wire;
  return (
    (_parser === wire._onMessageLength || _parser === wire._onMessage) &&
    _encryptionMethod !== 2 &&
    !_cryptoSyncPattern
  );
}

class WireInbox {
  /** What has come of a message that does not lie in one packet. */
  private parts: Uint8Array[] = [];
  private partBytes = 0;
  /** Where blocks are put together, one after the other. */
  private block: Uint8Array | null = null;

  constructor(private readonly wire: Wire) {
    // What came with the handshake.
    for (const part of wire._buffer) this.keep(part, wire._parserSize);
    wire._buffer = [];
    wire._bufferSize = 0;
  }

  /** Reads all messages that are whole now. */
  take(data: Uint8Array): void {
    const { wire } = this;
    let at = 0;
    while (at < data.length && isPastHandshake(wire)) {
      const wanted = wire._parserSize;
      const missing = wanted - this.partBytes;
      const part = data.subarray(at, at + missing);
      at += part.length;
      if (this.partBytes === 0 && part.length === wanted) wire._parser(lasting(part));
      else {
        this.keep(part, wanted);
        if (part.length === missing) wire._parser(this.join(wanted));
      }
    }
  }

  private keep(part: Uint8Array, wanted: number): void {
    if (wanted <= blockMessageBytes) {
      this.block ??= new Uint8Array(blockMessageBytes);
      this.block.set(part, this.partBytes);
    } else this.parts.push(new Uint8Array(part));
    this.partBytes += part.length;
  }

  private join(wanted: number): Uint8Array {
    const { parts, block } = this;
    this.parts = [];
    this.partBytes = 0;
    if (!block || wanted > blockMessageBytes) return Buffer.concat(parts, wanted);
    return lasting(block.subarray(0, wanted));
  }
}

/** Of all but blocks and lengths whoever hears a message may keep bytes. */
function lasting(message: Uint8Array): Uint8Array {
  return message.length <= lengthBytes || message[0] === pieceId ? message : new Uint8Array(message);
}
