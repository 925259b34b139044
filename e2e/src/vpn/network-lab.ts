import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';

/** The one public address of the lab's internet: it is the tracker, every peer, every provider and every name server. */
export const internet = '45.45.45.45';
/** More addresses of the lab's internet, for peers that must not look like one. */
export const strangers = Array.from({ length: 18 }, (_, index) => `45.45.46.${index + 1}`);
/** This side of the third cable, by which the test itself talks to the server. */
export const besideUs = '10.99.0.1';
export const server = '10.99.0.2';

/** Whether this machine lets us make network namespaces, and has `ip` to fill them. */
export function canMakeNetworks(): boolean {
  return runs('unshare', '--net', 'true') && runs('ip', '-V') && runs('nsenter', '--version');
}

/** How the tunnel can be lost. */
export type Cut = 'goes down' | 'is deleted' | 'loses its address' | 'loses the route';

/**
 * Two networks joined by three cables: where this process runs is the internet; the server stands in the other, with
 * a tunnel (`tun0`), an open route (`wan0`) that takes over whenever the tunnel is gone, and a cable for the test.
 */
export class NetworkLab {
  private readonly sent = new Map<number, Set<string>>();
  private readonly sockets: Socket[] = [];
  private readonly relays: Server[] = [];

  private constructor(private readonly holder: ChildProcess) {}

  static async open(): Promise<NetworkLab> {
    const holder = spawn('unshare', ['--net', 'sleep', '3600'], { stdio: 'ignore' });
    await once(holder, 'spawn');
    const lab = new NetworkLab(holder);
    // The namespace is there as soon as it is another than ours.
    while (lab.isOurs()) await new Promise((resolve) => setTimeout(resolve, 10));
    // Neither IPv6 looking for routers nor ARP keeping its tables fresh may count as a packet.
    const noIpv6 = 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6';
    execFileSync('sh', ['-c', noIpv6]);
    lab.inside('sh', '-c', noIpv6);
    ip('link set lo up');
    // Local without belonging to an interface: libtorrent binds to the interface of its address, and would hear nothing of cables.
    ip(`route add local ${internet}/32 dev lo`);
    ip('route add local 45.45.46.0/24 dev lo');
    lab.inside('ip', ...words('link set lo up'));
    lab.cable('lan', besideUs, server);
    lab.cable('wan', '192.0.2.1', '192.0.2.2');
    ip('link set wanp address 02:00:00:00:00:01');
    lab.inside('ip', ...words('link set wan0 address 02:00:00:00:00:02'));
    ip('neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev wanp nud permanent');
    const gateway = 'neighbour replace 192.0.2.1 lladdr 02:00:00:00:00:01 dev wan0 nud permanent';
    lab.inside('ip', ...words(gateway));
    lab.inside('ip', ...words('route add default via 192.0.2.1 dev wan0 metric 100'));
    return lab;
  }

  /** What to put before a command to run it where the server stands. */
  get through(): string[] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`];
  }

  /** The tunnel comes up, and takes the default route. */
  raise(): void {
    if (!this.hasLink('tun0')) this.cable('tun', '10.8.0.1', '10.8.0.2');
    // In one go: what comes in before the route is there is refused by the open one, by the kernel itself.
    this.inside(
      'sh',
      '-c',
      "printf 'address replace 10.8.0.2/24 dev tun0\\nlink set tun0 up\\nroute replace default via 10.8.0.1 dev tun0 metric 10\\n' | ip -batch -",
    );
  }

  cut(how: Cut): void {
    const commands: Record<Cut, string> = {
      'goes down': 'link set tun0 down',
      'is deleted': 'link delete tun0',
      'loses its address': 'address flush dev tun0',
      'loses the route': 'route delete default via 10.8.0.1 dev tun0',
    };
    this.inside('ip', ...words(commands[how]));
  }

  /** Packets so far on an interface of the server's network, both ways. */
  packets(interfaceName: 'wan0' | 'tun0'): number {
    const line = readFileSync(`/proc/${this.pid}/net/dev`, 'utf8')
      .split('\n')
      .find((text) => text.trim().startsWith(`${interfaceName}:`));
    const numbers = (line ?? '').split(':')[1]?.trim().split(/\s+/).map(Number) ?? [];
    return (numbers[1] ?? 0) + (numbers[9] ?? 0);
  }

  /** Runs a line of a shell where the server stands. */
  run(line: string): void {
    this.inside('sh', '-c', line);
  }

  /** All firewall rules of the server's network, as nft(8) lists them; empty without any. */
  firewall(): string {
    const [program, ...rest] = [...this.through, 'nft', 'list', 'ruleset'];
    return execFileSync(program, rest).toString();
  }

  /** Sends one datagram by the server's default route: what a program would do that nobody guards. */
  leak(): void {
    const send = `const s = require('dgram').createSocket('udp4'); s.send('x', 9, '${internet}', () => s.close())`;
    this.inside(process.execPath, '-e', send);
  }

  /** Answers datagrams on a port of the internet, and keeps from where they came. */
  async listen(port: number, answer: (message: Buffer) => Buffer | null): Promise<void> {
    const socket = createSocket('udp4');
    const from = new Set<string>();
    this.sent.set(port, from);
    this.sockets.push(socket);
    socket.on('message', (message, { address, port: theirs }) => {
      from.add(address);
      const reply = answer(message);
      if (reply) socket.send(reply, theirs, address);
    });
    socket.bind(port, internet);
    await once(socket, 'listening');
  }

  /** Addresses that have sent to such a port. */
  senders(port: number): string[] {
    return [...(this.sent.get(port) ?? [])];
  }

  /** Lets the server reach an address of the internet by the test's cable: what is none of the VPN's business. */
  async relay(url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const relay = createServer((socket) => {
      const far = connect(Number(port), hostname);
      for (const end of [socket, far]) end.on('error', () => end.destroy());
      socket.pipe(far).pipe(socket);
    });
    this.relays.push(relay);
    relay.listen(0, besideUs);
    await once(relay, 'listening');
    const address = relay.address();
    const own = typeof address === 'object' && address ? address.port : 0;
    return url.replace(`${hostname}:${port}`, `${besideUs}:${own}`);
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
    for (const relay of this.relays) relay.close();
    this.holder.kill('SIGKILL');
  }

  private get pid(): number {
    return this.holder.pid ?? 0;
  }

  private isOurs(): boolean {
    const own = execFileSync('readlink', ['/proc/self/ns/net']).toString();
    return execFileSync('readlink', [`/proc/${this.pid}/ns/net`]).toString() === own;
  }

  private cable(name: string, here: string, there: string): void {
    if (this.hasOwnLink(`${name}p`)) ip(`link delete ${name}p`);
    ip(`link add ${name}p type veth peer name ${name}0 netns ${this.pid}`);
    ip(`address add ${here}/24 dev ${name}p`);
    ip(`link set ${name}p up`);
    if (name === 'tun') return;
    this.inside('ip', ...words(`address add ${there}/24 dev ${name}0`));
    this.inside('ip', ...words(`link set ${name}0 up`));
  }

  private hasLink(name: string): boolean {
    return runs('nsenter', `--net=/proc/${this.pid}/ns/net`, 'ip', 'link', 'show', name);
  }

  private hasOwnLink(name: string): boolean {
    return runs('ip', 'link', 'show', name);
  }

  private inside(command: string, ...args: string[]): void {
    const [program = command, ...rest] = [...this.through, command, ...args];
    execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

/** An answer to any question for an address (RFC 1035): the internet has but one. */
export function nameServerAnswer(question: Buffer): Buffer {
  const answer = Buffer.concat([
    question,
    // A pointer to the name asked for, type A, class IN, one minute, four bytes.
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...internet.split('.').map(Number)]),
  ]);
  answer.writeUInt16BE(0x8180, 2);
  answer.writeUInt16BE(1, 6);
  return answer;
}

function ip(command: string): void {
  execFileSync('ip', words(command), { stdio: ['ignore', 'ignore', 'pipe'] });
}

function words(text: string): string[] {
  return text.split(' ');
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
