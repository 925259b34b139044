import { AppError } from '../errors/app-error.js';

/** What went wrong with a provider, for decisions (retry, circuit breaker) and for the log. */
export type ProviderFault =
  | 'unreachable'
  | 'server-error'
  | 'rate-limited'
  | 'refused'
  | 'bad-answer'
  | 'circuit-open';

const sentences: Record<ProviderFault, string> = {
  unreachable: 'cannot be reached. Check the network, or try again in a moment.',
  'server-error': 'has trouble of its own. Try again in a moment.',
  'rate-limited': 'asks us to slow down. Try again later.',
  refused: 'refuses our request. An administrator should check its address and key.',
  'bad-answer': 'gave an answer that makes no sense. Try again in a moment.',
  'circuit-open': 'has failed several times and is left alone for a moment.',
};

export interface ProviderFailure {
  provider: string;
  fault: ProviderFault;
  /** For the log: what happened, without query strings, keys or bodies. */
  detail: string;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** The provider is down, refuses us, or talks nonsense. */
export class ProviderUnavailableError extends AppError {
  override readonly name = 'ProviderUnavailableError';
  readonly provider: string;
  readonly fault: ProviderFault;
  readonly detail: string;

  constructor({ provider, fault, detail, retryAfterSeconds, cause }: ProviderFailure) {
    super('provider-unavailable', `${provider} ${sentences[fault]}`, {
      cause: new Error(detail, { cause }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
    this.provider = provider;
    this.fault = fault;
    this.detail = detail;
  }
}

/** The provider did not answer within the deadline. */
export class ProviderTimeoutError extends AppError {
  override readonly name = 'ProviderTimeoutError';
  readonly provider: string;
  readonly detail: string;

  constructor({ provider, detail, cause }: { provider: string; detail: string; cause?: unknown }) {
    super('provider-timeout', `${provider} did not answer in time. Try again in a moment.`, {
      cause: new Error(detail, { cause }),
    });
    this.provider = provider;
    this.detail = detail;
  }
}

/** The provider answered that it has no such thing (404, 410). */
export class ProviderNotFoundError extends AppError {
  override readonly name = 'ProviderNotFoundError';

  constructor(provider: string) {
    super('not-found', `${provider} does not know this.`);
  }
}

/** Whether the failure is the provider's, so that what was known before may stand in for the answer. */
export function isProviderFailure(error: unknown): error is ProviderUnavailableError | ProviderTimeoutError {
  return error instanceof ProviderUnavailableError || error instanceof ProviderTimeoutError;
}
