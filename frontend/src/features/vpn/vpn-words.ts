import type { Vpn } from '../../api/types.js';

export type VpnTone = 'good' | 'bad' | 'plain';

/** Whether all is well, something is wrong, or nothing is watched. */
export function vpnTone({ status }: Pick<Vpn, 'status'>): VpnTone {
  if (status === 'off') return 'plain';
  return status === 'protected' ? 'good' : 'bad';
}

/** The state in a word or two. */
export function vpnTitle({ status }: Pick<Vpn, 'status'>): string {
  switch (status) {
    case 'off':
      return 'Not watched';
    case 'protected':
      return 'Protected';
    case 'unprotected':
      return 'Not protected';
    case 'unknown':
      return 'Not confirmed';
  }
}

/** What it means for films. */
export function vpnConsequence({ policy, status, trafficAllowed }: Vpn): string {
  if (policy === 'off') return 'Torrents go by whatever route this server has.';
  if (!trafficAllowed)
    return 'Torrents and indexers are paused, and go on by themselves once it is confirmed.';
  if (policy === 'require') return 'Torrents and indexers go through the VPN alone.';
  return status === 'protected'
    ? 'Torrents run. They would also run without the VPN.'
    : 'Torrents run all the same: the policy is to warn.';
}

/** The provider's last answer, for people. */
export function providerWords({ name, answer, checkedAt }: NonNullable<Vpn['provider']>): string {
  if (checkedAt === null) return `${name} has not been asked`;
  switch (answer) {
    case 'protected':
      return `${name} says: protected`;
    case 'unprotected':
      return `${name} says: not protected`;
    case 'unknown':
      return `${name} has given no clear answer`;
  }
}

/** Describes what keeps packets in the VPN that no connection of the server sends. */
export function killSwitchWords({ setBy, reason }: NonNullable<Vpn['killSwitch']>): string {
  switch (setBy) {
    case 'kinora':
      return `Set by Kinora. ${reason}`;
    case 'system':
      return `Set by the system. ${reason}`;
    case 'none':
      return `Not set. ${reason}`;
  }
}
