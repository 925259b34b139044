import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type { PasskeyAnswer, PasskeyCreation, PasskeyRequest } from './types.js';

/** Why this browser cannot use passkeys on this page. */
export type PasskeyObstacle = 'insecure' | 'address' | 'browser';

/** Null where passkeys work. Browsers offer them on https and localhost only, and not at IP addresses. */
export function passkeyObstacle(): PasskeyObstacle | null {
  if (!isSecureContext) return 'insecure';
  if (/^[\d.]+$|^\[/.test(location.hostname)) return 'address';
  return browserSupportsWebAuthn() ? null : 'browser';
}

/** Lets the user answer a request with a passkey. Throws an error to show when that did not happen. */
export async function answerByPasskey({ token, options }: PasskeyRequest): Promise<PasskeyAnswer> {
  const response = await startAuthentication({ optionsJSON: options }).catch(explain);
  return { token, response };
}

/** Lets the user create a passkey. Throws an error to show when that did not happen. */
export async function createPasskey({ token, options }: PasskeyCreation) {
  const response = await startRegistration({ optionsJSON: options }).catch(explain);
  return { token, response };
}

function explain(error: unknown): never {
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError')
    throw new Error('This device already has a passkey for your account.', { cause: error });
  if (name === 'SecurityError') throw new Error('Passkeys do not work at this address.', { cause: error });
  // Also when the user has no passkey here: browsers do not tell the two apart.
  throw new Error('No passkey was used. Try again, or choose another way.', { cause: error });
}
