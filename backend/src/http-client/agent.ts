import { Agent, type buildConnector } from 'undici';

/** Connections to one provider: few, and none waited for long. */
export function createAgent(connect: buildConnector.connector | buildConnector.BuildOptions): Agent {
  return new Agent({
    connections: 8,
    connect,
    headersTimeout: 5_000,
    bodyTimeout: 5_000,
    maxHeaderSize: 32_768,
  });
}

/** How long a connection may take to be made, milliseconds. */
export const connectTimeoutMs = 3_000;
