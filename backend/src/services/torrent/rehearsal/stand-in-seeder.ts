import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { StandInFilm } from './stand-in-film.js';

const handshakeBytes = 68;
const ids = { unchoke: 1, interested: 2, request: 6, piece: 7, haveAll: 14, extended: 20 } as const;
/** Our number for ut_metadata (BEP 9), and the one the library gives to it. */
const metadataId = { ours: 1, theirs: 1 } as const;

/** A peer on loopback that has all of the film, and says what a seeder would: BEP 3, 6, 9 and 10, no more than needed. */
export async function listenAsSeeder(film: StandInFilm): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    serve(socket, film);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function serve(socket: Socket, film: StandInFilm): void {
  let held = Buffer.alloc(0);
  let isGreeted = false;
  socket.on('data', (data: Buffer) => {
    held = Buffer.concat([held, data]);
    if (!isGreeted && held.length >= handshakeBytes) {
      held = held.subarray(handshakeBytes);
      isGreeted = true;
      socket.write(greeting(film));
    }
    while (isGreeted && held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const end = 4 + held.readUInt32BE(0);
      const answer = end > 4 ? answerTo(held[4] ?? 0, held.subarray(5, end), film) : null;
      if (answer) socket.write(answer);
      held = held.subarray(end);
    }
  });
}

/** Handshake, extensions, and that all is here. */
function greeting({ infoHash, info }: StandInFilm): Buffer {
  return Buffer.concat([
    Buffer.from('\x13BitTorrent protocol', 'latin1'),
    Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 0x04]),
    Buffer.from(infoHash, 'hex'),
    randomBytes(20),
    extended(0, `d1:md11:ut_metadatai${metadataId.ours}ee13:metadata_sizei${info.length}ee`),
    message(ids.haveAll),
  ]);
}

function answerTo(id: number, payload: Buffer, { bytes, info, pieceLength }: StandInFilm): Buffer | null {
  if (id === ids.interested) return message(ids.unchoke);
  if (id === ids.extended && payload[0] === metadataId.ours)
    return extended(metadataId.theirs, `d8:msg_typei1e5:piecei0e10:total_sizei${info.length}ee`, info);
  if (id !== ids.request) return null;
  const start = payload.readUInt32BE(0) * pieceLength + payload.readUInt32BE(4);
  return message(ids.piece, payload.subarray(0, 8), bytes.subarray(start, start + payload.readUInt32BE(8)));
}

function message(id: number, ...parts: Uint8Array[]): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + parts.reduce((sum, { length }) => sum + length, 0));
  head[4] = id;
  return Buffer.concat([head, ...parts]);
}

function extended(id: number, text: string, rest: Uint8Array = new Uint8Array()): Buffer {
  return message(ids.extended, Buffer.from([id]), Buffer.from(text), rest);
}
