// Node binds sockets to addresses, not to interfaces. An address alone does not hold: when its interface goes down but
// keeps the address, Linux sends what is left by another route (it is a "weak host", RFC 1122 section 3.3.4.2). So this
// one system call is made directly.
import { createRequire } from 'node:module';
import type Koffi from 'koffi';

/** Binds the socket behind a file descriptor to an interface: 0, or a negative error number. */
export type BindToDevice = (fd: number, interfaceName: string) => number;

const solSocket = 1;
const soBindToDevice = 25;
const einval = 22;

let loaded: BindToDevice | null | undefined;

/**
 * The system call SO_BINDTODEVICE (socket(7)); since Linux 5.7 without privileges. Null where there is none: not on
 * Linux, or its library does not load.
 */
export function loadBindToDevice(): BindToDevice | null {
  loaded ??= load();
  return loaded;
}

function load(): BindToDevice | null {
  if (process.platform !== 'linux') return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
    const setSocketOption = koffi
      .load(null)
      .func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)');
    return (fd, interfaceName) => {
      if (fd < 0) return -einval;
      const value = Buffer.from(`${interfaceName}\0`);
      const result: unknown = setSocketOption(fd, solSocket, soBindToDevice, value, value.length);
      return result === 0 ? 0 : -(koffi.errno() || einval);
    };
  } catch {
    return null;
  }
}
