import { mayDial } from './peer-addresses.js';

/**
 * A session description without addresses that may not be dialled: those of a stranger would be tried, and ours are nobody's business.
 * `a=candidate:foundation component transport priority address port typ ...` (RFC 8839).
 */
export function withoutPrivate(sdp: string, allowPrivatePeers: boolean): string {
  return sdp
    .split(/\r?\n/)
    .filter((line) => {
      if (!line.startsWith('a=candidate:')) return true;
      const [, , , , host = '', port = ''] = line.split(' ');
      return mayDial(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, allowPrivatePeers);
    })
    .map((line) =>
      allowPrivatePeers ? line : line.replace(/ raddr \S+ rport \d+/, ' raddr 0.0.0.0 rport 0'),
    )
    .join('\r\n');
}
