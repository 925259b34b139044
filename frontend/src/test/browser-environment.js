// jsdom with the fetch of Node, so that pages in tests talk to a real server on loopback.
import { TestEnvironment } from 'jest-environment-jsdom';

export default class BrowserEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    // Node's fetch knows only Node's own signals and bodies.
    Object.assign(this.global, {
      fetch,
      Request,
      Response,
      Headers,
      FormData,
      AbortController,
      AbortSignal,
      TextEncoder,
      TextDecoder,
    });
  }
}
