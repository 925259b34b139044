import { useEffect, useEffectEvent, useState } from 'react';
import { type ApiClient, answer } from '../../api/client.js';
import { ApiError, UnreachableError } from '../../api/problem.js';
import type { DeviceCodes } from '../../api/types.js';
import { waitForApproval } from './wait-for-approval.js';

interface DeviceCodeState {
  codes: DeviceCodes | null;
  error: Error | null;
  /** What went wrong, in the page's words. */
  title: string;
  /** With a new code. */
  again: () => void;
}

/** Gets a code and waits for its approval for as long as the page is there; then signs in. */
export function useDeviceCode(api: ApiClient, onSignedIn: () => void): DeviceCodeState {
  const [attempt, setAttempt] = useState(0);
  const [codes, setCodes] = useState<DeviceCodes | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const signedIn = useEffectEvent(onSignedIn);

  useEffect(() => {
    const gone = new AbortController();
    const run = async () => {
      const fresh = await answer(api.http.auth.device.$post());
      if (gone.signal.aborted) return;
      setCodes(fresh);
      const answered = await waitForApproval(api, fresh, gone.signal);
      if (!answered) return;
      api.session.adopt(answered);
      signedIn();
    };
    run().catch((reason: unknown) => {
      if (!gone.signal.aborted) setError(reason instanceof Error ? reason : new Error(String(reason)));
    });
    return () => gone.abort();
  }, [api, attempt]);

  return {
    codes,
    error,
    title: titleOf(error),
    again: () => {
      setCodes(null);
      setError(null);
      setAttempt(attempt + 1);
    },
  };
}

function titleOf(error: Error | null): string {
  if (error instanceof UnreachableError) return 'The server does not answer';
  if (!(error instanceof ApiError)) return 'That did not work';
  if (error.code === 'access-denied') return 'It was refused';
  if (error.code === 'expired-token') return 'The code has expired';
  return 'That did not work';
}
