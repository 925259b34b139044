import { describe, expect, it } from '@jest/globals';
import { MetadataFetches } from './metadata-fetches.js';

const mebibyte = 1024 * 1024;

function setUp() {
  let time = 0;
  const asked: string[] = [];
  const paused: string[] = [];
  const fetches = new MetadataFetches(() => time);
  return {
    asked,
    paused,
    enter: (name: string, infoHash = 'a', bytes = mebibyte) =>
      fetches.enter({
        infoHash,
        bytes,
        begin: () => asked.push(name),
        pause: () => paused.push(name),
      }),
    /** Lets time pass, looking as often as the timer would. */
    pass: (ms: number, each: () => void = () => undefined) => {
      for (const until = time + ms; time < until; ) {
        time += 1_000;
        each();
        fetches.review();
      }
    },
  };
}

describe('MetadataFetches', () => {
  it('asks eight peers of a torrent at once, and the next when one has ended (T17)', () => {
    const { asked, enter } = setUp();
    const turns = Array.from({ length: 20 }, (_, n) => enter(`${n}`));
    expect(asked).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    turns[3]?.end();
    turns[19]?.end();
    expect(asked.slice(8)).toEqual(['8']);
    enter('other', 'b');
    expect(asked.at(-1)).toBe('other');
  });

  it('takes at most 64 MiB for all torrents together (T17)', () => {
    const { asked, enter } = setUp();
    const turns = Array.from({ length: 50 }, (_, n) => enter(`${n}`, `torrent ${n}`, 4 * mebibyte));
    expect(asked).toHaveLength(16);
    turns[0]?.end();
    expect(asked).toHaveLength(17);
  });

  it('gives the turn of a silent peer to one that waits, and lets it try again (T17)', () => {
    const { asked, paused, enter, pass } = setUp();
    const turns = Array.from({ length: 9 }, (_, n) => enter(`${n}`));
    pass(4_000, () => turns[0]?.progressed());
    expect(paused).toContain('1');
    expect(paused).not.toContain('0');
    expect(asked).toContain('8');
    turns[8]?.end();
    expect(asked.filter((name) => name === '1')).toHaveLength(2);
  });

  it('leaves a silent peer its turn while nobody else waits', () => {
    const { paused, enter, pass } = setUp();
    enter('only');
    pass(100_000);
    expect(paused).toEqual([]);
  });

  it('asks no peer for longer than 120 s, however it trickles (T17)', () => {
    const { asked, paused, enter, pass } = setUp();
    const turn = enter('slow');
    pass(119_000, () => turn.progressed());
    expect(paused).toEqual([]);
    pass(2_000, () => turn.progressed());
    expect(paused).toEqual(['slow']);
    pass(10_000);
    expect(asked).toEqual(['slow']);
  });
});
