import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { loadSystemCalls } from './system-calls.js';

/**
 * Keeps the kernel's half of connections that the program closes. What comes late for a socket that is gone the kernel
 * refuses (RFC 9293 section 3.10.7.1) by whatever route there is then: bindings end with their socket. A socket that is
 * kept is deaf, and whatever the kernel says for it stays bound.
 */
export class KeptSockets {
  private readonly descriptors = new Set<number>();

  /** Call before the socket is destroyed. One without a descriptor, or where there are no such calls, is not kept. */
  keep(socket: Socket): void {
    const handle: unknown = Reflect.get(socket, '_handle');
    const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : null;
    const copy = typeof fd === 'number' ? (loadSystemCalls()?.duplicate(fd) ?? -1) : -1;
    if (copy >= 0) this.descriptors.add(copy);
  }

  /** How many are kept. */
  get size(): number {
    return this.descriptors.size;
  }

  /** Lets the kernel end them. */
  release(): void {
    for (const descriptor of this.descriptors) closeSync(descriptor);
    this.descriptors.clear();
  }
}
