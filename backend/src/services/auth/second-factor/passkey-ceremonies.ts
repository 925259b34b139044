import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Passkey } from '../../../entities/passkey.entity.js';
import type { RelyingParty } from './relying-party.js';

export type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';

/** Milliseconds that the browser gives its user; as long as a challenge is good. */
const timeout = 5 * 60_000;

// Loaded at the first use, because it takes tens of megabytes and most servers never need it.
const library = () => import('@simplewebauthn/server');
const helpers = () => import('@simplewebauthn/server/helpers');

/** Options for `navigator.credentials.create`. @param known passkeys of the account, which are not made twice */
export async function creationOptions(
  { id, username }: { id: string; username: string },
  rp: RelyingParty,
  challenge: string,
  known: readonly Passkey[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library();
  return generateRegistrationOptions({
    rpName: 'Kinora',
    rpID: rp.id,
    userName: username,
    userDisplayName: username,
    userID: new TextEncoder().encode(id),
    challenge: bytesOf(challenge),
    timeout,
    // Which model it is tells nothing that matters here, and may identify the device.
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    // Discoverable, so that it can sign in without a name.
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  });
}

/** Options for `navigator.credentials.get`. @param known null lets the user choose among all passkeys of this site */
export async function requestOptions(
  rp: RelyingParty,
  challenge: string,
  known: readonly Passkey[] | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({
    rpID: rp.id,
    challenge: bytesOf(challenge),
    timeout,
    userVerification: known === null ? 'required' : 'preferred',
    ...(known && {
      allowCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    }),
  });
}

/** What a new passkey consists of, or null when the authenticator's answer does not hold. */
export async function verifyCreation(
  response: RegistrationResponseJSON,
  rp: RelyingParty,
  challenge: string,
): Promise<Pick<Passkey, 'credentialId' | 'publicKey' | 'counter'> | null> {
  const { verifyRegistrationResponse } = await library();
  try {
    if (await bringsCertificates(response)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: false,
    });
    if (!verified) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { credentialId: id, publicKey: Buffer.from(publicKey).toString('base64url'), counter };
  } catch {
    // The library reports every malformed or mismatched answer this way.
    return null;
  }
}

/** The counter that a passkey reports with a valid signature, or null when the answer does not hold. */
export async function verifyUse(
  response: AuthenticationResponseJSON,
  passkey: Passkey,
  rp: RelyingParty,
  challenge: string,
  { userVerified }: { userVerified: boolean },
): Promise<number | null> {
  if (passkey.rpId !== rp.id || !isOfUser(response, passkey.userId)) return null;
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      // The counter is compared where it is stored, in one transaction with its update.
      credential: { id: passkey.credentialId, publicKey: bytesOf(passkey.publicKey), counter: 0 },
      requireUserVerification: userVerified,
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}

/** Certificates were not asked for; checking their revocation would make this server fetch an address they name. */
async function bringsCertificates({ response }: RegistrationResponseJSON): Promise<boolean> {
  const { decodeAttestationObject } = await helpers();
  const attestation = decodeAttestationObject(bytesOf(response.attestationObject));
  if (attestation.get('fmt') === 'none') return false;
  return attestation.get('fmt') !== 'packed' || attestation.get('attStmt').get('x5c') !== undefined;
}

/** WebAuthn §7.2 step 6: a discoverable passkey names its user. */
function isOfUser({ response: { userHandle } }: AuthenticationResponseJSON, userId: string): boolean {
  return userHandle === undefined || Buffer.from(userHandle, 'base64url').toString('utf8') === userId;
}

/** A copy of its own, because the library takes no views of a shared buffer. */
function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64url, 'base64url'));
}
