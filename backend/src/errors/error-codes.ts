/** The closed list of failures a caller can tell apart. `routes/error-handler.ts` gives each its HTTP status. */
export const errorCodes = [
  'validation-failed',
  'malformed-request',
  'unsupported-media-type',
  'payload-too-large',
  'torrent-invalid',
  'magnet-invalid',
  'torrent-unplayable',
  'unauthenticated',
  'forbidden',
  'grant-invalid',
  'not-found',
  'misdirected',
  'conflict',
  'rate-limited',
  'provider-unavailable',
  'provider-timeout',
  'no-sources',
  'metadata-timeout',
  'engine-unavailable',
  'network-closed',
  'storage-full',
  'timeout',
  'setting-refused',
  'setting-untested',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
