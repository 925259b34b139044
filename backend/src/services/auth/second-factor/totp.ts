import { Secret, TOTP } from 'otpauth';

const periodSeconds = 30;
/** Steps before and after the current one whose codes are accepted, because clocks differ and people type slowly. */
const window = 1;

/** What an authenticator app needs. */
export interface TotpSetUp {
  /** Base32, for typing. */
  secret: string;
  /** `otpauth://totp/…`, for a QR code. */
  uri: string;
}

/** Creates a secret of 160 bits for SHA-1, 6 digits and 30 seconds: what every app can do (RFC 6238, RFC 4226 §4). */
export function newTotp(username: string): TotpSetUp {
  const totp = totpOf(new Secret({ size: 20 }).base32, username);
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/**
 * Finds the time step that a code belongs to: the current one, the one before or the one after. Null for a wrong code.
 * @param now milliseconds since 1970
 */
export function totpStep(secret: string, code: string, now: number): number | null {
  // The library compares bytes and throws on letters that take more than one.
  if (!/^\d{6}$/.test(code)) return null;
  const totp = totpOf(secret, '');
  const delta = totp.validate({ token: code, timestamp: now, window });
  return delta === null ? null : totp.counter({ timestamp: now }) + delta;
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: 'Kinora',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: periodSeconds,
    secret: Secret.fromBase32(secret),
  });
}
