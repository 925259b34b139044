import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { KeySource } from '../../encryption/secrets.js';

export interface SignedTokensOptions {
  /** The first key signs, all of them verify; they are told apart by their id. */
  keys: KeySource;
  /** The `typ` header (RFC 8725 section 3.11): a token of one kind is never taken for another. */
  type: string;
  audience: string;
  lifetimeSeconds: number;
  requiredClaims: string[];
  /** Milliseconds since 1970. */
  now: () => number;
}

const issuer = 'kinora';
const algorithm = 'HS256';
const maximumLength = 4096;
/** How far another server's clock may be ahead. Expiry has no tolerance. */
const clockToleranceSeconds = 5;

/** Signed statements of one kind (JWT with HMAC-SHA-256), for a limited time. */
export class SignedTokens {
  constructor(private readonly options: SignedTokensOptions) {}

  sign(claims: JWTPayload): Promise<string> {
    const { keys, type, audience, lifetimeSeconds } = this.options;
    const issuedAt = this.seconds();
    const [newest] = keys();
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid: newest.id, typ: type })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(newest.key);
  }

  /** The claims, or null for whatever is not ours, not of this kind, malformed or expired. */
  async verify(token: string): Promise<JWTPayload | null> {
    if (token.length > maximumLength) return null;
    const { type, audience, lifetimeSeconds, requiredClaims, now } = this.options;
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.key(kid), {
        algorithms: [algorithm],
        typ: type,
        issuer,
        audience,
        requiredClaims: ['iat', 'exp', ...requiredClaims],
        maxTokenAge: lifetimeSeconds,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
      });
      return (payload.exp ?? 0) > this.seconds() ? payload : null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  private key(id: string | undefined): Uint8Array {
    const found = this.options.keys().find((key) => key.id === id);
    if (!found) throw new errors.JWKSNoMatchingKey();
    return found.key;
  }

  private seconds(): number {
    return Math.floor(this.options.now() / 1000);
  }
}
