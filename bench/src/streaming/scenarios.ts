/** One seeder as the network lets it be seen. Without a rate it is reached directly, as fast as loopback goes. */
export interface SeederShape {
  /** Bytes a second it sends at most. */
  rate?: number;
  /** Milliseconds each way. */
  delay?: number;
  /** It takes requests and never sends a block. */
  isSilent?: boolean;
}

export interface Scenario {
  name: string;
  seeders: readonly SeederShape[];
  /** Million bytes a second all seeders can send together; null when only the machine limits them. */
  ceiling: number | null;
  /** Milliseconds; what no client can be below, counted from when it is told what to play. Null when only the machine limits. */
  floors: { magnet: number; torrent: number; seek: number } | null;
}

const MB = 1e6;
const home = { rate: 1.5 * MB, delay: 20 };
const quick = { rate: 2 * MB, delay: 20 };
const slow = { rate: 0.05 * MB, delay: 20 };
const silent = { ...quick, isSilent: true };

/** Connecting and the handshake take a round trip each, a request another, metadata one more; then one piece of 1 MiB. */
export const scenarios: Readonly<Record<'A' | 'B' | 'C', Scenario>> = {
  A: { name: 'A: one seeder, loopback', seeders: [{}], ceiling: null, floors: null },
  B: {
    name: 'B: eight of 1.5 MB/s, 40 ms',
    seeders: Array.from({ length: 8 }, () => home),
    ceiling: 12,
    floors: { magnet: 285, torrent: 245, seek: 127 },
  },
  C: {
    name: 'C: four of 2 MB/s, three of 50 KB/s, one silent, 40 ms',
    seeders: [slow, quick, silent, quick, slow, quick, slow, quick],
    ceiling: 8.15,
    floors: { magnet: 325, torrent: 285, seek: 169 },
  },
};
