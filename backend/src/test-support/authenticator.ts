import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What an authenticator of these tests does differently from a good one. */
export interface AuthenticatorQuirks {
  /** Page that the browser says it is on. */
  origin?: string;
  /** Site whose id the authenticator hashes. */
  rpId?: string;
  userVerified?: boolean;
  challenge?: string;
}

interface Options {
  challenge: string;
}

/** A browser with a security key in it (WebAuthn level 3, ES256), as far as a server can tell. */
export class TestAuthenticator {
  readonly credentialId = randomBytes(32);
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private userHandle = randomBytes(16).toString('base64url');
  /** Counts each use; 0 never counts. */
  counter = 0;

  constructor(private readonly site: { id: string; origin: string }) {}

  /** `navigator.credentials.create` */
  create(options: Options & { user: { id: string } }, quirks: AuthenticatorQuirks = {}) {
    this.userHandle = options.user.id;
    const id = this.credentialId;
    const length = Buffer.from([0, id.length]);
    const authData = this.authenticatorData(0x40, quirks, [Buffer.alloc(16), length, id, this.coseKey()]);
    return this.answer({
      clientDataJSON: this.clientData('webauthn.create', options, quirks).toString('base64url'),
      attestationObject: attestationObject(authData).toString('base64url'),
      transports: ['usb'],
    });
  }

  /** `navigator.credentials.get` */
  get(options: Options, quirks: AuthenticatorQuirks = {}) {
    const clientData = this.clientData('webauthn.get', options, quirks);
    const authData = this.authenticatorData(0, quirks, []);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    return this.answer({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', signed, this.keys.privateKey).toString('base64url'),
      userHandle: this.userHandle,
    });
  }

  private answer<T>(response: T) {
    const id = this.credentialId.toString('base64url');
    return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
  }

  private clientData(type: string, { challenge }: Options, quirks: AuthenticatorQuirks): Buffer {
    const origin = quirks.origin ?? this.site.origin;
    return Buffer.from(JSON.stringify({ type, challenge: quirks.challenge ?? challenge, origin }));
  }

  private authenticatorData(flags: number, quirks: AuthenticatorQuirks, more: Buffer[]): Buffer {
    const rpIdHash = createHash('sha256')
      .update(quirks.rpId ?? this.site.id)
      .digest();
    const verified = quirks.userVerified === false ? 0 : 0x04;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([rpIdHash, Buffer.from([flags | 0x01 | verified]), counter, ...more]);
  }

  /** RFC 9053 §7.1.1: kty EC2, alg ES256, crv P-256. */
  private coseKey(): Buffer {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]);
    const coordinate = (label: number, value: string) =>
      Buffer.concat([Buffer.from([label, 0x58, 32]), Buffer.from(value, 'base64url')]);
    return Buffer.concat([head, coordinate(0x21, x), coordinate(0x22, y)]);
  }
}

/** CBOR of `{ fmt: 'none', attStmt: {}, authData }`. */
function attestationObject(authData: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
  const length = Buffer.from([0x59, authData.length >> 8, authData.length & 0xff]);
  return Buffer.concat([
    Buffer.from([0xa3]),
    text('fmt'),
    text('none'),
    text('attStmt'),
    Buffer.from([0xa0]),
    text('authData'),
    length,
    authData,
  ]);
}
