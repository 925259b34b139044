/** A backup cannot be made or used; the message is for the operator. Nothing was changed. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
