// The little of DNS (RFC 1035) that asking for an IPv4 address takes. Node's own lookups go by whatever route the system
// likes and cannot be bound to an interface.

const typeA = 1;
const classInternet = 1;
const headerBytes = 12;

/** A question for the IPv4 addresses of a name (RFC 1035 section 4). Throws when it is no host name. */
export function encodeQuestion(id: number, name: string): Buffer {
  const labels = name.replace(/\.$/, '').split('.');
  const isName = name.length <= 253 && labels.every((label) => /^[\w-]{1,63}$/.test(label));
  if (!isName) throw Object.assign(new Error(`${name} is no host name`), { code: 'ENOTFOUND' });
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(id, 0);
  // Recursion desired.
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  const parts = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([header, ...parts, Buffer.from([0, 0, typeA, 0, classInternet])]);
}

/**
 * The IPv4 addresses in an answer to `question`; none when the name has none. Null when it is no answer to it, or cannot
 * be read.
 */
export function decodeAnswer(question: Buffer, answer: Buffer): string[] | null {
  const echoes =
    answer.length >= question.length &&
    answer.readUInt16BE(0) === question.readUInt16BE(0) &&
    (answer.readUInt16BE(2) & 0x8000) !== 0 &&
    answer.toString('latin1', headerBytes, question.length).toLowerCase() ===
      question.toString('latin1', headerBytes).toLowerCase();
  if (!echoes) return null;
  const code = answer.readUInt16BE(2) & 0x000f;
  // 3: there is no such name. Anything else but 0 is a server in trouble.
  if (code === 3) return [];
  if (code !== 0) return null;
  const addresses: string[] = [];
  let position = question.length;
  for (let record = answer.readUInt16BE(6); record > 0; record -= 1) {
    position = afterName(answer, position);
    if (position + 10 > answer.length) return addresses.length > 0 ? addresses : null;
    const length = answer.readUInt16BE(position + 8);
    const isAddress = answer.readUInt16BE(position) === typeA && length === 4;
    position += 10;
    if (isAddress && position + 4 <= answer.length)
      addresses.push([...answer.subarray(position, position + 4)].join('.'));
    position += length;
  }
  return addresses;
}

/** Names in answers end in a zero or in a pointer to an earlier place (RFC 1035 section 4.1.4), which is not followed. */
function afterName(message: Buffer, from: number): number {
  let position = from;
  for (;;) {
    const length = message[position];
    if (length === undefined) return message.length;
    if (length === 0) return position + 1;
    if ((length & 0xc0) === 0xc0) return position + 2;
    position += 1 + length;
  }
}
