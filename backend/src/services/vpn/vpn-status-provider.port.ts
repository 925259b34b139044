/** What somebody outside says of the address our requests come from. */
export interface VpnStatusAnswer {
  /** Whether it belongs to the VPN. */
  isProtected: boolean;
  /** The address, when it was told. */
  address: string | null;
}

/** Somebody outside who can tell whether we come from the VPN. A second opinion: the machine's own interfaces are the first. */
export interface VpnStatusProvider {
  /** As people call it: "NordVPN". */
  readonly name: string;
  /** Asks once, by the way the traffic in question takes. Throws whenever the answer is not a clear yes or no. */
  ask(signal: AbortSignal): Promise<VpnStatusAnswer>;
}
