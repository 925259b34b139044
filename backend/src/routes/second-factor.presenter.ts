import type { z } from '@hono/zod-openapi';
import type { Passkey } from '../entities/passkey.entity.js';
import type { RegistrationResponseJSON } from '../services/auth/second-factor/passkey-ceremonies.js';
import type { PasskeyAnswer, PasskeyRequest } from '../services/auth/second-factor/passkeys.js';
import type { SecondStep } from '../services/auth/second-factor/sign-in.js';
import type {
  newPasskeySchema,
  passkeyAnswerSchema,
  passkeyRequestSchema,
  passkeySchema,
  secondStepSchema,
} from './second-factor.schemas.js';

export function presentPasskey(passkey: Passkey): z.infer<typeof passkeySchema> {
  const { id, name, rpId, createdAt, lastUsedAt, counterRegressedAt } = passkey;
  return {
    id,
    name,
    address: rpId,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    suspectedAt: counterRegressedAt?.toISOString() ?? null,
  };
}

/** The error answer that asks for the second step, with all it needs. */
export function presentSecondStep(
  { ticket, expiresIn, methods, passkey }: SecondStep,
  requestId: string,
): z.infer<typeof secondStepSchema> {
  return {
    type: 'urn:kinora:problem:second-factor-required',
    title: 'Second factor required',
    status: 401,
    detail: 'Confirm that it is you with your second factor.',
    code: 'second-factor-required',
    requestId,
    ticket,
    expiresIn,
    methods,
    passkey: passkey && presentPasskeyRequest(passkey),
  };
}

export function presentPasskeyRequest({
  token,
  options: { challenge, timeout = 0, rpId = '', allowCredentials = [], userVerification = 'preferred' },
}: PasskeyRequest): z.infer<typeof passkeyRequestSchema> {
  return {
    token,
    options: {
      challenge,
      timeout,
      rpId,
      userVerification,
      allowCredentials: allowCredentials.map(presentDescriptor),
    },
  };
}

export function presentDescriptor({ id, transports = [] }: { id: string; transports?: string[] }) {
  return { id, type: 'public-key' as const, transports };
}

/** The library's form of a browser's answer. Extensions are not used, so their results are left out. */
export function readPasskeyAnswer({ token, response }: z.infer<typeof passkeyAnswerSchema>): PasskeyAnswer {
  const { userHandle, ...rest } = response.response;
  return {
    token,
    response: {
      ...response,
      response: { ...rest, ...(userHandle !== undefined && { userHandle }) },
      clientExtensionResults: {},
    },
  };
}

export function readRegistration({
  response,
}: Pick<z.infer<typeof newPasskeySchema>, 'response'>): RegistrationResponseJSON {
  const { transports, ...rest } = response.response;
  return {
    ...response,
    response: { ...rest, ...(transports && { transports }) },
    clientExtensionResults: {},
  };
}
