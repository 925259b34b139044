/** A complaint of a library or tracker as one short line, without addresses: they can hold a user's passkey. */
export function cleanComplaint(text: string): string {
  return text
    .slice(0, 2_000)
    .replace(/\b[a-z]+:\/\/([^\s/?#]*)[^\s)]*/gi, '$1')
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
