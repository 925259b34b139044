// Which rules of the system are recognised as a kill switch, without sending a packet: `kinora doctor` in a network of its
// own, with the lines that backend/docs/vpn.md gives to operators.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { kinora } from './kinora-command.js';
import { newDataDir, removeDataDir } from './kinora-process.js';
import { describeInLab } from './vpn/in-lab.js';
import { NetworkLab } from './vpn/network-lab.js';
import { PacketCapture } from './vpn/packet-capture.js';

const minute = 60_000;
const withoutRights = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];

describeInLab(
  'T23 the kill switch as doctor sees it',
  'e2e/src/vpn-kill-switch.test.ts',
  examineKillSwitches,
  5 * minute,
);

function examineKillSwitches(): void {
  let lab: NetworkLab;
  let capture: PacketCapture;
  let dataDir: string;

  beforeAll(async () => {
    lab = await NetworkLab.open();
    capture = await PacketCapture.open(lab.through, 'wan0');
    dataDir = await newDataDir();
    lab.raise();
  }, minute);

  afterAll(async () => {
    capture.close();
    lab.close();
    await removeDataDir(dataDir);
  });

  it.each<[string, string[], string[], string]>([
    ['no rule', [], [], 'could leave by wan0'],
    [
      "the operator's firewall rule",
      [operatorLines('nft')],
      ['nft delete table ip vpn_lock'],
      "A firewall rule of this system keeps packets with the VPN's address on tun0.",
    ],
    [
      "the operator's routing rule",
      operatorLines('ip rule').split('\n'),
      ['ip rule del from 10.8.0.2', 'ip route flush table 900'],
      "A routing rule of this system keeps packets with the VPN's address on tun0.",
    ],
    [
      'a VPN program that lets nothing else out',
      [
        `nft 'add table ip other; add chain ip other out { type filter hook output priority 0; policy drop; }; add rule ip other out oifname { "tun0", "lo", "lan0" } accept'`,
      ],
      ['nft delete table ip other'],
      'A firewall of this system lets traffic out by tun0 alone.',
    ],
  ])(
    'T23 %s: doctor says so, and sends nothing by the open route',
    async (_what, before, after, text) => {
      // The cable of the test itself is a way out as well.
      lab.run('ip link set lan0 down');
      for (const line of before) lab.run(line);
      const packets = lab.packets('wan0');
      const output = await doctor();
      for (const line of after) lab.run(line);
      expect(output).toContain('VPN kill switch');
      expect(output).toContain(text);
      if (lab.packets('wan0') !== packets) throw new Error(capture.list().join('\n'));
      // It only looks.
      expect(lab.firewall()).not.toContain('kinora_');
    },
    minute,
  );

  async function doctor(): Promise<string> {
    const environment = {
      DATA_DIR: dataDir,
      VPN_POLICY: 'require',
      VPN_PROVIDER: 'none',
      VPN_INTERFACE: 'tun0',
      YTS_API_URL: '',
    };
    return (await kinora(['doctor'], environment, '', [...lab.through, ...withoutRights])).stdout;
  }
}

/** The lines of the page for operators, for the address and the interface of the lab. */
function operatorLines(kind: 'nft' | 'ip rule'): string {
  const page = readFileSync(new URL('../../backend/docs/vpn.md', import.meta.url), 'utf8');
  const block = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text.trim());
  const found = block.find((text) => text.startsWith(kind));
  if (found === undefined) throw new Error(`The page has no lines that begin with ${kind}.`);
  return found.replaceAll('ADDRESS', '10.8.0.2').replaceAll('wg0', 'tun0');
}
