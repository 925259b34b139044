import type Wire from 'bittorrent-protocol';
import { type SeedingRules, type Traffic, whoMayHave } from './seeding-rules.js';
import type { SwarmTorrent } from './swarm-shapes.js';

/** Titles whose traffic is remembered after they were left. */
const maxTitles = 1_000;

/** What has been given back, title by title, since the engine started. */
export class Seeding {
  private readonly titles = new Map<string, Traffic>();
  private rules: SeedingRules = {};
  private readonly all: Traffic = { uploaded: 0, downloaded: 0 };

  /** `now` gives the time of day. */
  constructor(private readonly now: () => Date) {}

  /** How much is given back from now on: all there is, unless limited. */
  use(rules: SeedingRules): void {
    this.rules = rules;
  }

  /** Lets the rules have the last word on whom the library would give blocks to. */
  guard(torrent: SwarmTorrent, infoHash: string, runwayMs: () => number): void {
    const title = this.titles.get(infoHash) ?? { uploaded: 0, downloaded: 0 };
    this.titles.delete(infoHash);
    this.titles.set(infoHash, title);
    const [oldest] = this.titles.keys();
    if (this.titles.size > maxTitles && oldest !== undefined) this.titles.delete(oldest);
    const count = (kind: keyof Traffic) => (bytes: number) => {
      title[kind] += bytes;
      this.all[kind] += bytes;
    };
    torrent.on('upload', count('uploaded'));
    torrent.on('download', count('downloaded'));
    const who = () => {
      const now = this.now();
      const minute = now.getHours() * 60 + now.getMinutes();
      return whoMayHave({ rules: this.rules, minute, title, all: this.all, runwayMs: runwayMs() });
    };
    torrent.on('wire', (wire: Wire) => {
      const unchoke = wire.unchoke.bind(wire);
      wire.unchoke = () => {
        if (may(wire, who())) unchoke();
      };
    });
    const rechoke = torrent._rechoke.bind(torrent);
    torrent._rechoke = () => {
      const now = who();
      for (const wire of torrent.wires) if (!may(wire, now)) wire.choke();
      if (now !== 'nobody') rechoke();
    };
  }
}

function may(wire: Wire, who: 'everybody' | 'who-sends' | 'nobody'): boolean {
  return who === 'everybody' || (who === 'who-sends' && wire.downloadSpeed() > 0);
}
