import { type ApiClient, answer } from '../../api/client.js';
import { ApiError } from '../../api/problem.js';
import type { DeviceCodes, SignedIn } from '../../api/types.js';

/**
 * Asks as often as the server allows until somebody has decided (RFC 8628 section 3.5). A request that gets lost is no
 * answer: the next one is. Null when `signal` fired first.
 * @throws ApiError when it was refused or is too late
 */
export async function waitForApproval(
  api: ApiClient,
  { deviceCode, interval, expiresIn }: DeviceCodes,
  signal: AbortSignal,
  pause: (ms: number, signal: AbortSignal) => Promise<void> = sleep,
): Promise<SignedIn | null> {
  let seconds = interval;
  for (let waited = 0; waited <= expiresIn + interval; waited += seconds) {
    await pause(seconds * 1000, signal);
    if (signal.aborted) return null;
    try {
      return await answer(api.http.auth.device.token.$post({ json: { deviceCode } }));
    } catch (error) {
      if (!(error instanceof ApiError)) continue;
      if (error.code === 'slow-down' || error.status === 429) seconds += 5;
      else if (error.code !== 'authorization-pending' && error.status < 500) throw error;
    }
  }
  throw new ApiError(400, 'expired-token', 'The code has expired. Ask for a new one.', null);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
