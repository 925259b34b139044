import { describe, expect, it } from '@jest/globals';
import Wire from 'bittorrent-protocol';
import { fc } from '../../test-support/properties.js';
import { extended, message, words } from './__fixtures__/raw-peer.js';
import { readMessagesInPlace } from './wire-inbox.js';

const blockBytes = 16 * 1024;
const handshake = Buffer.concat([
  Buffer.from('\x13BitTorrent protocol'),
  Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 0x04]),
  Buffer.alloc(20, 1),
  Buffer.alloc(20, 2),
]);

// As used memory is, what has been read is overwritten.
readMessagesInPlace((packet) => packet.fill(0xee));

/** A wire, and what it has heard. */
function listening() {
  const wire = new Wire();
  const heard: unknown[] = [];
  const kept: Uint8Array[] = [];
  wire.on('handshake', () => heard.push('handshake'));
  wire.on('unchoke', () => heard.push('unchoke'));
  wire.on('keep-alive', () => heard.push('keep-alive'));
  wire.on('have', (piece: number) => heard.push(['have', piece]));
  wire.on('bitfield', () => {
    heard.push('bitfield');
    kept.push(wire.peerPieces.buffer);
  });
  wire.on('unknownmessage', (bytes: Uint8Array) => {
    heard.push('unknown');
    kept.push(bytes);
  });
  wire.on('piece', (piece: number, offset: number, block: Uint8Array) =>
    heard.push(['piece', piece, offset, Buffer.from(block).toString('base64')]),
  );
  return { wire, heard, kept };
}

function block(piece: number, length: number): Buffer {
  return message(7, Buffer.concat([words(piece, 0), patterned(piece, length)]));
}

function patterned(seed: number, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (seed * 31 + index * 7) & 255));
}

function piece(index: number, length: number): unknown {
  return ['piece', index, 0, patterned(index, length).toString('base64')];
}

/** All that a peer might say, and what is to be heard of it. */
const talk: readonly { bytes: Buffer; heard: unknown[] }[] = [
  { bytes: handshake, heard: ['handshake'] },
  { bytes: message(5, Buffer.from([0xf0])), heard: ['bitfield'] },
  { bytes: message(1), heard: ['unchoke'] },
  { bytes: block(3, blockBytes), heard: [piece(3, blockBytes)] },
  { bytes: Buffer.alloc(4), heard: ['keep-alive'] },
  { bytes: message(4, words(7)), heard: [['have', 7]] },
  { bytes: extended(0, 'd1:md11:ut_metadatai1eee'), heard: [] },
  { bytes: block(4, blockBytes), heard: [piece(4, blockBytes)] },
  // Longer than a block: a bitfield of many pieces, a block we would not ask for, something new.
  { bytes: block(5, 2 * blockBytes), heard: [piece(5, 2 * blockBytes)] },
  { bytes: message(99, patterned(9, 40_000)), heard: ['unknown'] },
  { bytes: block(6, 1), heard: [piece(6, 1)] },
  { bytes: block(7, blockBytes), heard: [piece(7, blockBytes)] },
];
const all = Buffer.concat(talk.map(({ bytes }) => bytes));
const expected = talk.flatMap(({ heard }) => heard);

/** Says everything, in packets that end at these places. */
async function say(wire: Wire, ends: readonly number[]): Promise<void> {
  let start = 0;
  for (const end of [...ends, all.length].sort((a, b) => a - b)) {
    const packet = Buffer.from(all.subarray(start, end));
    start = end;
    if (packet.length > 0) await new Promise<void>((resolve) => wire._write(packet, () => resolve()));
  }
}

describe('readMessagesInPlace', () => {
  it('hears the same of a peer however its messages are cut into packets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: all.length }), { maxLength: 40 }), async (ends) => {
        const { wire, heard, kept } = listening();
        await say(wire, ends);
        expect(heard).toEqual(expected);
        expect(kept.map((bytes) => [...bytes.subarray(0, 2)])).toEqual([[0xf1], [99, patterned(9, 1)[0]]]);
        wire.destroy();
      }),
      { numRuns: 200 },
    );
  });

  it('hears everything byte by byte', async () => {
    const { wire, heard } = listening();
    await say(
      wire,
      Array.from({ length: all.length }, (_, index) => index),
    );
    expect(heard).toEqual(expected);
    wire.destroy();
  });

  it('stops at once when a wire is ended by what it hears', async () => {
    const { wire, heard } = listening();
    wire.on('unchoke', () => {
      wire._parse(Number.MAX_VALUE, () => undefined);
      wire.destroy();
    });
    await say(wire, []);
    expect(heard).toEqual(['handshake', 'bitfield', 'unchoke']);
  });
});
