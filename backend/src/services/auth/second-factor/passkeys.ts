import { newId } from '../../../entities/id.js';
import { Passkey } from '../../../entities/passkey.entity.js';
import type { User } from '../../../entities/user.entity.js';
import { NotFoundError } from '../../../errors/app-error.js';
import type { SecondFactorRepository } from '../../../repositories/second-factor.repository.js';
import type { AuditAction, AuditLogService } from '../../audit/audit-log.service.js';
import type { RequestOrigin } from '../../audit/request-origin.js';
import type { Challenges } from './challenges.js';
import {
  type AuthenticationResponseJSON,
  creationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  requestOptions,
  verifyCreation,
  verifyUse,
} from './passkey-ceremonies.js';
import type { RecoveryCodes } from './recovery-codes.js';
import type { RelyingParty } from './relying-party.js';
import {
  PasskeyConflictError,
  PasskeysUnavailableError,
  SecondFactorRefusedError,
  TooManyPasskeysError,
} from './second-factor.errors.js';

/** More would only make the list of a request long. */
const passkeysPerAccount = 20;

/** Options for the browser, with the token to send back beside its answer. */
export interface PasskeyRequest {
  token: string;
  options: PublicKeyCredentialRequestOptionsJSON;
}

/** What a browser brings back from `navigator.credentials.get`. */
export interface PasskeyAnswer {
  token: string;
  response: AuthenticationResponseJSON;
}

export interface NewPasskeyAnswer {
  token: string;
  response: RegistrationResponseJSON;
  name: string;
}

export interface PasskeysParts {
  factors: SecondFactorRepository;
  challenges: Challenges;
  recoveryCodes: RecoveryCodes;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Passkeys (WebAuthn level 3): registered, used, renamed and removed. */
export class Passkeys {
  constructor(private readonly parts: PasskeysParts) {}

  /** @throws PasskeysUnavailableError */
  async beginRegistration(
    user: User,
    site: RelyingParty | null,
  ): Promise<{ token: string; options: PublicKeyCredentialCreationOptionsJSON }> {
    const rp = available(site);
    const { passkeys } = await this.parts.factors.summarize(user.id);
    const challenge = await this.parts.challenges.issue('passkey-registration', { userId: user.id });
    const known = passkeys.filter(({ rpId }) => rpId === rp.id);
    return { token: challenge.token, options: await creationOptions(user, rp, challenge.value, known) };
  }

  /**
   * Stores a new passkey. The first factor of an account comes with recovery codes; null otherwise.
   * @throws PasskeysUnavailableError, SecondFactorRefusedError, PasskeyConflictError, TooManyPasskeysError
   */
  async register(
    user: User,
    site: RelyingParty | null,
    { token, response, name }: NewPasskeyAnswer,
    origin: RequestOrigin,
  ): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }> {
    const rp = available(site);
    const challenge = await this.parts.challenges.read(token, 'passkey-registration');
    const made = challenge?.userId === user.id ? await verifyCreation(response, rp, challenge.value) : null;
    if (!challenge || !made || !(await this.parts.challenges.spend(challenge)))
      throw new SecondFactorRefusedError('response', 'is not a passkey for this request');
    const now = new Date(this.parts.now());
    const { codes, hashes } = this.parts.recoveryCodes.create(user.id);
    const row = {
      ...made,
      id: newId(now.getTime()),
      userId: user.id,
      transports: response.response.transports ?? [],
      rpId: rp.id,
      name,
      createdAt: now,
    };
    const limits = { atMost: passkeysPerAccount, codeHashes: hashes, now };
    const outcome = await this.parts.factors.addPasskey(row, limits);
    if (outcome.kind === 'too-many') throw new TooManyPasskeysError(passkeysPerAccount);
    if (outcome.kind === 'conflict') throw new PasskeyConflictError();
    await this.record('factor.passkey-added', user, origin, name);
    const passkey = Object.assign(new Passkey(), row, { lastUsedAt: null, counterRegressedAt: null });
    return { passkey, recoveryCodes: outcome.storedCodes ? codes : null };
  }

  /** Options for signing in by a passkey alone. @throws PasskeysUnavailableError */
  async requestForSignIn(site: RelyingParty | null): Promise<PasskeyRequest> {
    const rp = available(site);
    const challenge = await this.parts.challenges.issue('passkey-sign-in');
    return { token: challenge.token, options: await requestOptions(rp, challenge.value, null) };
  }

  /** Options for one of the account's own passkeys; null when it has none for this site. */
  async requestForUser(userId: string, rp: RelyingParty | null): Promise<PasskeyRequest | null> {
    if (rp === null) return null;
    const { passkeys } = await this.parts.factors.summarize(userId);
    const usable = passkeys.filter(({ rpId }) => rpId === rp.id);
    if (usable.length === 0) return null;
    const challenge = await this.parts.challenges.issue('passkey-proof', { userId });
    return { token: challenge.token, options: await requestOptions(rp, challenge.value, usable) };
  }

  /** Returns the passkey whose holder signed the challenge with user verification; null when it does not hold. */
  verifySignIn(
    answer: PasskeyAnswer,
    rp: RelyingParty | null,
    origin: RequestOrigin,
  ): Promise<Passkey | null> {
    return this.verify(answer, rp, null, origin);
  }

  /** Whether the answer was signed by one of the account's own passkeys. */
  async verifyProof(
    user: Pick<User, 'id'>,
    answer: PasskeyAnswer,
    rp: RelyingParty | null,
    origin: RequestOrigin,
  ): Promise<boolean> {
    return (await this.verify(answer, rp, user.id, origin)) !== null;
  }

  /** @throws NotFoundError */
  async rename(id: string, user: User, name: string): Promise<Passkey> {
    const passkey = await this.parts.factors.renamePasskey(id, user.id, name);
    if (!passkey) throw new NotFoundError('Passkey');
    return passkey;
  }

  /** @throws NotFoundError */
  async remove(id: string, user: User, origin: RequestOrigin): Promise<void> {
    const removed = await this.parts.factors.removePasskey(id, user.id);
    if (!removed) throw new NotFoundError('Passkey');
    await this.record('factor.passkey-removed', user, origin, removed.name);
  }

  private async verify(
    { token, response }: PasskeyAnswer,
    rp: RelyingParty | null,
    userId: string | null,
    origin: RequestOrigin,
  ): Promise<Passkey | null> {
    const purpose = userId === null ? 'passkey-sign-in' : 'passkey-proof';
    const challenge = await this.parts.challenges.read(token, purpose);
    if (rp === null || challenge?.userId !== userId) return null;
    const passkey = await this.parts.factors.findPasskey(response.id);
    if (!passkey || (userId !== null && passkey.userId !== userId)) return null;
    const rules = { userVerified: userId === null };
    const counter = await verifyUse(response, passkey, rp, challenge.value, rules);
    if (counter === null || !(await this.parts.challenges.spend(challenge))) return null;
    if (await this.parts.factors.usePasskey(passkey.id, counter, new Date(this.parts.now()))) return passkey;
    await this.parts.audit.record({
      action: 'factor.passkey-suspected',
      outcome: 'denied',
      actor: null,
      origin,
      detail: { userId: passkey.userId, name: passkey.name, reason: 'its counter did not grow' },
    });
    return null;
  }

  private record(action: AuditAction, user: User, origin: RequestOrigin, name: string): Promise<void> {
    const actor = { id: user.id, name: user.username };
    return this.parts.audit.record({ action, outcome: 'ok', actor, origin, detail: { name } });
  }
}

function available(site: RelyingParty | null): RelyingParty {
  if (site === null) throw new PasskeysUnavailableError();
  return site;
}
