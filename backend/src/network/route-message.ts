// The part of rtnetlink(7) that a route lookup needs. Numbers are in the byte order of the machine; Node runs on
// little-endian machines only where Kinora runs.

const getRoute = 26;
const newRoute = 24;
const errorMessage = 2;
const isRequest = 1;
const inet = 2;
const addressBits = 32;
/**
 * RTM_F_FIB_MATCH (Linux 4.13): answers with the entry of the routing table. Without it the kernel takes every destination
 * for a neighbour on the interface that was named, whatever the tables say.
 */
const matchTable = 0x2000;
const destinationAttribute = 1;
const sourceAttribute = 2;
const interfaceAttribute = 4;
const headerBytes = 16;
const routeBytes = 12;
const attributeBytes = 8;

/** Encodes the request for the route from one IPv4 address to another by one interface. */
export function encodeRouteRequest(source: string, destination: string, interfaceIndex: number): Buffer {
  const message = Buffer.alloc(headerBytes + routeBytes + 3 * attributeBytes);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(getRoute, 4);
  message.writeUInt16LE(isRequest, 6);
  message.writeUInt32LE(1, 8);
  message.set([inet, addressBits, addressBits], headerBytes);
  message.writeUInt32LE(matchTable, headerBytes + 8);
  const attributes: [number, Buffer][] = [
    [destinationAttribute, addressOf(destination)],
    [sourceAttribute, addressOf(source)],
    [interfaceAttribute, numberOf(interfaceIndex)],
  ];
  attributes.forEach(([type, value], position) => {
    const at = headerBytes + routeBytes + position * attributeBytes;
    message.writeUInt16LE(attributeBytes, at);
    message.writeUInt16LE(type, at + 2);
    value.copy(message, at + 4);
  });
  return message;
}

/** Returns whether the kernel's answer is a route; null when it is neither a route nor a refusal. */
export function decodeRouteAnswer(answer: Buffer): boolean | null {
  if (answer.length < headerBytes + 4) return null;
  const type = answer.readUInt16LE(4);
  if (type === newRoute) return true;
  if (type !== errorMessage) return null;
  const code = answer.readInt32LE(headerBytes);
  return noRoute.has(-code) ? false : null;
}

/** EINVAL is what a blackhole route answers, EACCES a prohibit, EHOSTUNREACH and ENETUNREACH the others. */
const noRoute: ReadonlySet<number> = new Set([13, 22, 101, 113]);

function addressOf(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number));
}

function numberOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
