// The few system calls that Node has no name for, made directly.
import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Koffi from 'koffi';
import { decodeRouteAnswer, encodeRouteRequest } from './route-message.js';

export interface SystemCalls {
  /**
   * Binds the socket behind a descriptor to an interface: 0, or a negative error number. Node binds to addresses alone, and
   * that does not hold: when an interface goes down but keeps its address, Linux sends what is left by another route (it
   * is a "weak host", RFC 1122 section 3.3.4.2). SO_BINDTODEVICE of socket(7); since Linux 5.7 without privileges.
   */
  bindToDevice(fd: number, interfaceName: string): number;
  /** A second descriptor for the same socket, which no child process gets; negative when there can be none. fcntl(2). */
  duplicate(fd: number): number;
  /** Has the kernel kill this process when its parent ends, even while it is stopped. PR_SET_PDEATHSIG of prctl(2). */
  dieWithParent(): void;
  /**
   * Returns whether the routing tables, policy rules included, have a route for packets from `source` to `destination` by
   * this interface; null when the kernel cannot be asked. Sends nothing. RTM_GETROUTE of rtnetlink(7).
   */
  hasRoute(source: string, destination: string, interfaceName: string): boolean | null;
}

const solSocket = 1;
const soBindToDevice = 25;
const duplicateCloseOnExec = 1030;
const setParentDeathSignal = 1;
const sigkill = 9;
const einval = 22;
const afNetlink = 16;
const rawCloseOnExec = 0x80003;
const doNotWait = 0x40;

let loaded: SystemCalls | null | undefined;

/** Null where there are none: not on Linux, or the library that makes them does not load. */
export function loadSystemCalls(): SystemCalls | null {
  loaded ??= load();
  return loaded;
}

function load(): SystemCalls | null {
  if (process.platform !== 'linux') return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
    const library = koffi.load(null);
    const setSocketOption = library.func(
      'int setsockopt(int fd, int level, int name, const void *value, uint32_t length)',
    );
    const control = library.func('int fcntl(int fd, int command, ...)');
    const controlProcess = library.func('int prctl(int option, ...)');
    const openSocket = library.func('int socket(int domain, int type, int protocol)');
    const sendTo = library.func('intptr_t send(int fd, const void *data, size_t length, int flags)');
    const receive = library.func('intptr_t recv(int fd, _Out_ uint8_t *data, size_t length, int flags)');
    const indexOf = library.func('uint32_t if_nametoindex(const char *name)');
    return {
      bindToDevice: (fd, interfaceName) => {
        if (fd < 0) return -einval;
        const value = Buffer.from(`${interfaceName}\0`);
        const result: unknown = setSocketOption(fd, solSocket, soBindToDevice, value, value.length);
        return result === 0 ? 0 : -(koffi.errno() || einval);
      },
      duplicate: (fd) => (fd < 0 ? -einval : Number(control(fd, duplicateCloseOnExec, 'int', 0))),
      dieWithParent: () => {
        controlProcess(setParentDeathSignal, 'unsigned long', sigkill);
      },
      hasRoute: (source, destination, interfaceName) => {
        const index = Number(indexOf(interfaceName));
        const fd = index === 0 ? -1 : Number(openSocket(afNetlink, rawCloseOnExec, 0));
        if (fd < 0) return null;
        try {
          const request = encodeRouteRequest(source, destination, index);
          if (Number(sendTo(fd, request, request.length, 0)) !== request.length) return null;
          const answer = Buffer.alloc(4_096);
          // The kernel has answered by the time the request is sent.
          const length = Number(receive(fd, answer, answer.length, doNotWait));
          return length < 0 ? null : decodeRouteAnswer(answer.subarray(0, length));
        } finally {
          closeSync(fd);
        }
      },
    };
  } catch {
    return null;
  }
}
