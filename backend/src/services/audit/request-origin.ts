/** Where an act came from, as the audit log and the list of sessions tell it. */
export interface RequestOrigin {
  /** Address of the client; null for acts of the server itself. */
  address: string | null;
  /** Names the request in the server log. */
  requestId: string | null;
  /** The browser's own words for itself, unchecked. */
  userAgent: string | null;
}
