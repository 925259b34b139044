import net from 'node:net';

/** As much as Node reads of a socket at once. */
const bufferBytes = 64 * 1024;
/** Kept for what comes next. */
const maxIdleBuffers = 32;

/**
 * Memory that connections receive in, used again once what came has been read: made anew for each packet, it would have
 * the process collect garbage all the time. What nobody gives back is collected as ever.
 */
export class ReceiveMemory {
  private readonly idle: Uint8Array[] = [];
  /** What came, and the buffers it lies in. */
  private readonly lent = new WeakMap<Uint8Array, Uint8Array>();

  /** Has connections that are dialled from now on with an object of options receive in it. */
  install(): void {
    const connect = net.connect.bind(net);
    Object.assign(net, {
      connect: (options: net.TcpNetConnectOpts, listener?: () => void): net.Socket => {
        if (typeof options !== 'object') return connect(options, listener);
        const buffer = () => this.take();
        const onread = {
          buffer,
          callback: (bytes: number, into: Uint8Array) => socket.push(this.lend(into, bytes)),
        };
        const socket: net.Socket = connect({ ...options, onread }, listener);
        return socket;
      },
    });
  }

  /** Nobody looks at bytes that came any more. */
  giveBack(bytes: Uint8Array): void {
    const buffer = this.lent.get(bytes);
    // Only what came as a whole counts, and only once.
    if (!buffer || !this.lent.delete(bytes)) return;
    if (this.idle.length < maxIdleBuffers) this.idle.push(buffer);
  }

  private take(): Uint8Array {
    return this.idle.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
  }

  private lend(buffer: Uint8Array, bytes: number): Uint8Array {
    const lent = buffer.subarray(0, bytes);
    this.lent.set(lent, buffer);
    return lent;
  }
}
