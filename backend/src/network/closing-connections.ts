import { readFileSync } from 'node:fs';

/** FIN_WAIT1, FIN_WAIT2, LAST_ACK and CLOSING, as the kernel numbers them; TIME_WAIT stays bound to its interface. */
const closing: ReadonlySet<string> = new Set(['04', '05', '09', '0B']);

/** Counts TCP connections of a local IPv4 address that no program holds and that the kernel is still closing. */
export function countClosingConnections(address: string, file = '/proc/net/tcp'): number {
  const local = Buffer.from(address.split('.').map(Number)).reverse().toString('hex').toUpperCase();
  try {
    return countClosing(readFileSync(file, 'utf8'), local);
  } catch {
    return 0;
  }
}

/** The columns are: number, local address, remote address, state, queues, timer, retransmits, user, timeout, inode. */
function countClosing(table: string, local: string): number {
  return table.split('\n').filter((line) => {
    const [, from = '', , state = '', , , , , , inode] = line.trim().split(/\s+/);
    return from.startsWith(`${local}:`) && closing.has(state) && inode === '0';
  }).length;
}
