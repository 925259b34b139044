import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';

/** What keeps packets with one address on one interface. */
export interface LockedTunnel {
  interfaceName: string;
  /** IPv4 address of this machine on the interface. */
  address: string;
}

/** The firewall rules could not be changed. `message` says why, for people. */
export class FirewallError extends Error {
  override readonly name = 'FirewallError';
}

/** Runs commands of nft(8), all of them or none. @throws {FirewallError} */
export type RunFirewall = (commands: string) => Promise<void>;

const timeoutMs = 5_000;
/** Accounts that are not root often lack the folders for programs of the system. */
const searchPath = '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin';
const sizeLimit = 2_000;

/** Runs `nft`. It reads its commands from standard input, and gets no variable but a search path. */
export function runNft(commands: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const nft = spawn('nft', ['-f', '-'], {
      env: { PATH: searchPath },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let errors = '';
    nft.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (errors.length < sizeLimit) errors += text;
    });
    nft.stdin.on('error', () => undefined);
    nft.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new FirewallError(error.code === 'ENOENT' ? 'nft (nftables) is not installed' : 'nft cannot be run'),
      ),
    );
    nft.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new FirewallError(reasonIn(errors)));
    });
    nft.stdin.end(commands);
  });
}

function reasonIn(errors: string): string {
  if (/not permitted|must be root/i.test(errors))
    return 'Kinora may not change firewall rules (it needs CAP_NET_ADMIN)';
  const [line = ''] = errors.split('\n', 1);
  return `nft failed: ${line.slice(0, 200) || 'no reason given'}`;
}

/** As Linux takes names of interfaces, without what nft would read as more than a name. */
const plainName = /^[\w.@:-]{1,15}$/;

/**
 * Builds the commands that make the kernel drop what carries a tunnel's address and would leave by another interface, and
 * what arrives for an address that is gone and would be forwarded. All is in one table of our own; tunnels that are in it
 * already stay.
 * @param forSeconds after this time the rules no longer apply; null keeps them
 * @throws {FirewallError} for a name that cannot be written in a rule
 */
export function lockCommands(
  table: string,
  tunnels: readonly LockedTunnel[],
  forSeconds: number | null,
): string {
  const timeout = forSeconds === null ? '' : ` timeout ${forSeconds}s`;
  const elements = tunnels.flatMap(({ address, interfaceName }) => {
    if (!plainName.test(interfaceName))
      throw new FirewallError(`${JSON.stringify(interfaceName)} cannot be written in a firewall rule`);
    return [
      ...replaceElement(table, 'addresses', address, timeout),
      ...replaceElement(table, 'tunnels', `${address} . "${interfaceName}"`, timeout),
    ];
  });
  return [
    `add table ip ${table}`,
    `add set ip ${table} addresses { type ipv4_addr; flags timeout; }`,
    `add set ip ${table} tunnels { type ipv4_addr . ifname; flags timeout; }`,
    `add chain ip ${table} output { type filter hook output priority 0; policy accept; }`,
    `add chain ip ${table} forward { type filter hook forward priority 0; policy accept; }`,
    `flush chain ip ${table} output`,
    `flush chain ip ${table} forward`,
    `add rule ip ${table} output oifname != "lo" ip saddr @addresses ip saddr . oifname != @tunnels counter drop`,
    `add rule ip ${table} forward ip daddr . iifname @tunnels counter drop`,
    ...elements,
    '',
  ].join('\n');
}

/**
 * Returns the name of the firewall table of the server with this data folder. It is the same at each start, so that what a
 * killed server left is found again, and differs between servers that share a network, also where each sees its folder
 * under the same path.
 */
export function firewallTableOf(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `kinora_${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 12)}`;
}

/** An element that exists keeps its time, so it is deleted first; to be deleted it must exist. */
function replaceElement(table: string, set: string, element: string, timeout: string): string[] {
  return [
    `add element ip ${table} ${set} { ${element} }`,
    `delete element ip ${table} ${set} { ${element} }`,
    `add element ip ${table} ${set} { ${element}${timeout} }`,
  ];
}

/** Builds the commands that remove the table, whether it exists or not. */
export function unlockCommands(table: string): string {
  return `add table ip ${table}\ndelete table ip ${table}\n`;
}

/** Returns what people are told about a failure. */
export function firewallReason(error: unknown): string {
  return error instanceof FirewallError ? error.message : 'nft cannot be run';
}
