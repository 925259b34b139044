import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { isClientGone } from '../logging/console-lines.js';
import type { AppEnv } from '../middleware/app-env.js';

/**
 * A response body that is pulled from an iterator, one chunk when the client has taken the one before. When the iterator
 * fails, the connection is destroyed, so that the client does not take what it has for the whole, and the reason becomes one
 * line of the log. A client that leaves ends the iterator and is no failure.
 * @param cancel called when the client leaves, also while a chunk is awaited
 */
export function streamedBody(
  context: Context<AppEnv>,
  chunks: AsyncIterator<Uint8Array>,
  cancel: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  let hasLeft = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await chunks.next();
          if (hasLeft) return;
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          if (hasLeft) return;
          const isGone = context.req.raw.signal.aborted || isClientGone(error);
          context.var.logger[isGone ? 'debug' : 'warn']({ err: error }, 'stream broken off');
          // Without a server around it (tests, or a mount in another app) there is no connection to end.
          const { outgoing } = (context.env as AppEnv['Bindings'] | undefined) ?? {};
          if (!outgoing) throw error;
          outgoing.destroy();
          controller.close();
        }
      },
      async cancel() {
        hasLeft = true;
        cancel();
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Sends server-sent events until `send` ends. When it fails the stream ends, and the reason becomes one line of the log. A HEAD
 * request gets the headers alone and `send` is not called, because without a reader it would wait forever; so whatever a
 * stream holds is acquired in `send`.
 */
export function streamEvents(
  context: Context<AppEnv>,
  send: (stream: SSEStreamingApi) => Promise<void>,
): Response {
  if (context.req.method === 'HEAD')
    return context.body(null, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  return streamSSE(context, async (stream) => {
    try {
      await send(stream);
    } catch (error) {
      const isGone = stream.aborted || isClientGone(error);
      context.var.logger[isGone ? 'debug' : 'error']({ err: error }, 'event stream broken off');
    }
  });
}
