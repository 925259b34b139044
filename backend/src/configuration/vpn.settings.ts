import { z } from 'zod';
import { setting } from '../services/settings/setting-definition.js';
import { httpUrl, list } from './setting-values.js';

const vpnPolicies = ['off', 'warn', 'require'] as const;

/** What torrent traffic needs, and who confirms that it has it. */
export const vpnSettings = {
  VPN_POLICY: setting({
    title: 'VPN',
    meaning:
      'What torrent traffic needs: off = nothing, warn = nothing, but people are told, require = a verified VPN, or it stops',
    allowed: vpnPolicies.join(', '),
    group: 'vpn',
    live: true,
    choices: vpnPolicies,
    question:
      'What torrents need: off for nothing, warn to be told when the VPN is down, require for no torrent traffic but\n' +
      'through it. Verified by the public status of NordVPN; another VPN works by VPN_INTERFACE and VPN_PROVIDER.',
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(vpnPolicies))
      .optional()
      .transform((value) => value ?? 'off'),
  }),
  VPN_INTERFACE: setting({
    title: 'VPN interface',
    meaning:
      'Network interface of the VPN; if unset the one that carries the route to the internet, when it looks like a VPN',
    allowed: 'the name of an interface, such as tun0 or wg0',
    group: 'vpn',
    live: true,
    schema: z
      .string()
      .regex(/^[\w.@-]{1,15}$/)
      .optional(),
  }),
  VPN_PROVIDER: setting({
    title: 'VPN provider',
    meaning: 'Who confirms that the connection is protected; none trusts VPN_INTERFACE alone',
    allowed: 'nordvpn, none',
    group: 'vpn',
    live: true,
    choices: ['nordvpn', 'none'],
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['nordvpn', 'none']))
      .optional()
      .transform((value) => value ?? 'nordvpn'),
  }),
  VPN_CHECK_SECONDS: setting({
    title: 'VPN check interval',
    meaning: 'How often the provider is asked while all is well; a yes is good for three times that',
    allowed: 'a number of seconds from 30 to 3600',
    group: 'vpn',
    live: true,
    schema: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number)
      .pipe(z.number().min(30).max(3600))
      .optional()
      .transform((value) => value ?? 120),
  }),
  VPN_DNS: setting({
    title: 'Name servers through the VPN',
    meaning: 'Name servers asked through the VPN; those of the system that are not on this machine if unset',
    allowed: 'IPv4 addresses, separated by commas',
    group: 'vpn',
    live: true,
    schema: list(z.ipv4()).optional(),
  }),
  NORDVPN_API_URL: setting({
    title: 'NordVPN address',
    meaning: 'Where the status API of NordVPN lives; its own hosts if unset',
    allowed: 'an http or https address',
    group: 'vpn',
    live: true,
    schema: httpUrl.optional(),
  }),
};
