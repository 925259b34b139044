// What a peer must not say, and whether it is shown the door for it.
import { extended, message, words } from './raw-peer.js';

const hello = extended(0, 'd1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei100ee');
/** Our numbers for its extensions: ut_metadata comes first, ut_pex second. */
export const toMetadata = 1;
const toPex = 2;

export const attacks: readonly [name: string, bytes: Buffer, closes: boolean][] = [
  ['T01 negative length in an extended handshake', extended(0, 'l-3:'), true],
  ['T01 negative length in a dictionary', extended(0, 'd-3:'), true],
  ['T01 deep nesting', extended(0, 'l'.repeat(50_000)), true],
  ['T01 negative length in peer exchange', Buffer.concat([hello, extended(toPex, 'd-3:')]), true],
  ['T01 negative length in metadata', Buffer.concat([hello, extended(toMetadata, 'd-3:ee')]), true],
  [
    'T02 metadata before the handshake',
    extended(toMetadata, 'd8:msg_typei1e5:piecei0e10:total_sizei9eex'),
    true,
  ],
  [
    'T02 metadata piece 9999',
    Buffer.concat([hello, extended(toMetadata, 'd8:msg_typei1e5:piecei9999eex')]),
    true,
  ],
  [
    'T02 metadata piece -1',
    Buffer.concat([hello, extended(toMetadata, 'd8:msg_typei1e5:piecei-1eex')]),
    true,
  ],
  [
    'T02 metadata piece "abc"',
    Buffer.concat([hello, extended(toMetadata, 'd8:msg_typei1e5:piece3:abceex')]),
    true,
  ],
  [
    'T02 a request for a piece of metadata that is none',
    Buffer.concat([hello, extended(toMetadata, 'd8:msg_typei0e5:piecei1e9ee')]),
    true,
  ],
  ['T02 a short request', message(6, words(0, 0)), true],
  ['T02 a short cancel', message(8, words(0)), true],
  ['T02 a short port', message(9, Buffer.from([1])), true],
  ['T02 have of piece 2^32-1', message(4, words(0xffffffff)), true],
  ['T02 a short have', message(4, Buffer.from([1])), true],
  ['T02 a bitfield of 900 KB', message(5, Buffer.alloc(900_000, 255)), true],
  ['T02 a block nobody asked for', message(7, Buffer.concat([words(7, 0), Buffer.alloc(16_384)])), false],
  ['T02 an empty block', message(7), true],
  [
    'T02 requests without end',
    Buffer.concat(Array.from({ length: 5_000 }, () => message(6, words(0, 0, 16_384)))),
    false,
  ],
  ['T02 an unknown message', message(99, Buffer.alloc(100)), false],
  ['T02 an unknown extension', extended(200, 'x'.repeat(100)), false],
  ['T04 a length of 4 GiB', Buffer.concat([words(0xfffffff0), Buffer.alloc(1024)]), true],
  ['T04 a length of 2 GiB', Buffer.concat([words(0x80000000), Buffer.alloc(1024)]), true],
  ['T04 a length of just over 1 MiB', Buffer.concat([words(1024 * 1024 + 1), Buffer.alloc(1024)]), true],
  ['T17 metadata of 9,999,999 bytes', extended(0, 'd1:md11:ut_metadatai1ee13:metadata_sizei9999999ee'), true],
  ['T17 metadata of negative size', extended(0, 'd1:md11:ut_metadatai1ee13:metadata_sizei-1ee'), true],
  ['garbage', Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 167 + 13) % 256)), true],
];
