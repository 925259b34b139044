// Guards around the libraries that talk to strangers. They are put on the libraries' shared objects before the
// first connection, and only ever refuse: a wire that breaks a rule is closed, nothing is repaired.
import { createRequire } from 'node:module';
import bencode from 'bencode';
import Wire from 'bittorrent-protocol';
import { type BencodeValue, decodeBencode } from './bencode.js';
import { ReceiveMemory } from './receive-memory.js';
import { torrentFileLimitBytes } from './torrent-file.js';
import { readMessagesInPlace } from './wire-inbox.js';

/** Longest message a peer may send, bytes: a bitfield of 2^17 pieces is 16 KiB, a block 16 to 128 KiB. */
const maxMessageLength = 1024 * 1024;
/** Longest message of an extension, bytes: metadata comes in blocks of 16 KiB. */
const maxExtendedLength = 64 * 1024;
const metadataBlock = 16 * 1024;
/** Requests of ours or theirs that may wait. */
const maxPeerRequests = 2_048;
const maxPieces = 2 ** 17;

let hardened = false;

/** Puts the guards in place, once for the process. */
export function hardenLibraries(): void {
  if (hardened) return;
  hardened = true;
  bencode.decode = (data) => plain(data === null ? new Uint8Array() : data);
  hardenDhtDecoder();
  hardenWires();
  const memory = new ReceiveMemory();
  memory.install();
  readMessagesInPlace((packet) => memory.giveBack(packet));
}

/** What the libraries expect of a decoder: plain objects, without a prototype to pollute. */
function plain(data: Uint8Array | string): unknown {
  return toPlain(decodeBencode(typeof data === 'string' ? Buffer.from(data) : data).value, (bytes) => bytes);
}

function toPlain(value: BencodeValue, bytes: (value: Uint8Array) => Uint8Array): unknown {
  if (Array.isArray(value)) return value.map((item) => toPlain(item, bytes));
  if (value instanceof Uint8Array) return bytes(value);
  if (!(value instanceof Map)) return value;
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of value) object[key] = toPlain(item, bytes);
  return object;
}

/** The DHT brings an older copy of the decoder, which gives Buffers. */
function hardenDhtDecoder(): void {
  const require = createRequire(import.meta.url);
  const dhtDecoder: unknown = createRequire(require.resolve('k-rpc-socket'))('bencode');
  if (typeof dhtDecoder !== 'object' || dhtDecoder === null)
    throw new Error('The DHT decoder is not where it was');
  Object.assign(dhtDecoder, {
    decode: (data: Uint8Array) => toPlain(decodeBencode(data).value, (bytes) => Buffer.from(bytes)),
  });
}

function hardenWires(): void {
  const infoHashes = new WeakMap<Wire, string>();
  const { _onMessageLength, _onMessage, _onHandshake, _onExtended, use } = Wire.prototype;

  Wire.prototype._onMessageLength = function (this: Wire, buffer) {
    const length = Buffer.from(buffer.buffer, buffer.byteOffset, 4).readUInt32BE();
    if (length > maxMessageLength) close(this);
    else guarded(this, () => _onMessageLength.call(this, buffer));
  };

  Wire.prototype._onMessage = function (this: Wire, buffer) {
    guarded(this, () => {
      if (!isWellFormed(buffer) || this.peerRequests.length > maxPeerRequests) close(this);
      else _onMessage.call(this, buffer);
    });
  };

  Wire.prototype._onHandshake = function (this: Wire, infoHash, peerId, extensions) {
    infoHashes.set(this, Buffer.from(infoHash).toString('hex'));
    guarded(this, () => _onHandshake.call(this, infoHash, peerId, extensions));
  };

  Wire.prototype._onExtended = function (this: Wire, extension, buffer) {
    guarded(this, () => {
      if (!isExtendedWellFormed(this, extension, buffer)) close(this);
      else _onExtended.call(this, extension, buffer);
    });
  };

  // On inbound wires extensions are attached after the handshake and would never hear which torrent it was for;
  // ut_metadata then accepts any metadata.
  Wire.prototype.use = function (this: Wire, extension) {
    use.call(this, extension);
    const handler = this._ext[extension.prototype.name];
    const infoHash = infoHashes.get(this);
    if (infoHash === undefined || !handler) return;
    if (hasMethod(handler, 'onHandshake'))
      handler.onHandshake(infoHash, this.peerId ?? '', this.peerExtensions);
    // Nor would they hear what the peer speaks, when that came in the meantime.
    if (this.peerExtendedMapping[extension.prototype.name] && hasMethod(handler, 'onExtendedHandshake'))
      guarded(this, () => handler.onExtendedHandshake(this.peerExtendedHandshake));
    if (hasMethod(handler, 'setMetadata')) guardMetadata(this, handler);
  };
}

/** An asynchronous failure while taking metadata over would end the process as an unhandled rejection. */
function guardMetadata(wire: Wire, handler: Record<'setMetadata', Method>): void {
  const setMetadata = handler.setMetadata.bind(handler);
  handler.setMetadata = async (metadata) => {
    try {
      return await setMetadata(metadata);
    } catch {
      close(wire);
      return false;
    }
  };
}

type Method = (...args: unknown[]) => unknown;

function hasMethod<K extends string>(object: object, key: K): object is Record<K, Method> {
  return key in object && typeof Reflect.get(object, key) === 'function';
}

/** Runs a handler of the library; what it throws costs the peer its connection and nobody else anything. */
function guarded(wire: Wire, work: () => void): void {
  try {
    work();
  } catch {
    close(wire);
  }
}

function close(wire: Wire): void {
  // The library parses what it has buffered before it notices the end; this parser never gets enough.
  wire._parse(Number.MAX_VALUE, () => undefined);
  wire.destroy();
}

/** Bytes of each fixed-length message, by id (BEP 3, 5, 6). */
const fixedLengths: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 1,
  3: 1,
  4: 5,
  6: 13,
  8: 13,
  9: 3,
  13: 5,
  14: 1,
  15: 1,
  16: 13,
  17: 5,
};
const have = 4;
const bitfield = 5;
const request = 6;
const piece = 7;
const extended = 20;

function isWellFormed(message: Uint8Array): boolean {
  const id = message[0] ?? -1;
  const length = fixedLengths[id];
  if (length !== undefined && message.length !== length) return false;
  const view = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  switch (id) {
    case have:
      return view.readUInt32BE(1) < maxPieces;
    case bitfield:
      return message.length - 1 <= maxPieces / 8;
    case request:
      return view.readUInt32BE(1) < maxPieces && view.readUInt32BE(9) <= 128 * 1024;
    case piece:
      return message.length > 9;
    case extended:
      return message.length >= 2 && message.length <= maxExtendedLength;
    default:
      return true;
  }
}

/** Extended messages (BEP 10) are bencode in front; ut_metadata (BEP 9) also carries indices that must fit. */
function isExtendedWellFormed(wire: Wire, extension: number, buffer: Uint8Array): boolean {
  const name = extension === 0 ? 'handshake' : wire.extendedMapping[extension];
  if (name === undefined || name === 'lt_donthave') return true;
  const { value, end } = decodeBencode(buffer, { maxTokens: 10_000, allowTrailing: true });
  if (!(value instanceof Map)) return false;
  if (name === 'handshake') {
    const size = value.get('metadata_size');
    return size === undefined || (typeof size === 'number' && size >= 0 && size <= torrentFileLimitBytes);
  }
  return name !== 'ut_metadata' || isMetadataMessage(wire._ext['ut_metadata'], value, buffer.length - end);
}

function isMetadataMessage(handler: unknown, message: Map<string, BencodeValue>, trailing: number): boolean {
  const type = message.get('msg_type');
  const index = message.get('piece');
  if (typeof index !== 'number' || index < 0 || index >= torrentFileLimitBytes / metadataBlock) return false;
  if (type !== 1) return true;
  const size: unknown =
    typeof handler === 'object' && handler !== null ? Reflect.get(handler, '_metadataSize') : null;
  if (typeof size !== 'number' || index * metadataBlock >= size) return false;
  return trailing === Math.min(metadataBlock, size - index * metadataBlock);
}
