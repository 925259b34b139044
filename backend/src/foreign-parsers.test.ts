import { describe, expect, it } from '@jest/globals';
import { fold, slug } from './entities/fold.js';
import { parseRetryAfter } from './http-client/retry.js';
import { clientAddress } from './middleware/client-address.js';
import { matchesEntityTag } from './middleware/etag.middleware.js';
import { loggedPath } from './middleware/logged-path.js';
import { decodeAnswer, encodeQuestion } from './network/dns-message.js';
import { preferredLanguage } from './routes/accept-language.js';
import { contentDisposition } from './routes/content-disposition.js';
import { ifNoneMatchHits, readRange } from './routes/http-range.js';
import { deviceName } from './services/auth/device-name.js';
import { foldTitle } from './services/source/identity/title-match.js';
import { parseReleaseName } from './services/source/release-name/release-name.js';
import { decodeBencode } from './services/torrent/bencode.js';
import { displayText } from './services/torrent/display-text.js';
import { parseMagnet } from './services/torrent/magnet.js';
import { choosePlayableFile } from './services/torrent/playable-file.js';
import { withoutPrivate } from './services/torrent/session-description.js';
import { cleanComplaint } from './services/torrent/swarm-text.js';
import { acceptedTrackers } from './services/torrent/tracker-urls.js';
import { acceptedWebSeeds } from './services/torrent/web-seeds/web-seed-urls.js';
import { findSuperLinearGrowth } from './test-support/growth.js';

/** What one would repeat to make a reader of text look at the same characters again. */
const repeated = [
  ' \t',
  'a',
  'a ',
  'a.b-',
  '1',
  '1-',
  ',',
  ';q=',
  'bytes=',
  '=-',
  '[',
  '((',
  '../',
  '%',
  '"\\',
  '&tr=',
  'a=candidate: raddr ',
  '\r\na=candidate:1 1 udp 1 ',
  'http://a',
  'magnet:?xt=urn:btih:',
  'S01E01-',
  'password',
  '2010 1080p ',
  '\u0301\u0323',
  '\ufdfa',
  '\u202e😀',
];

const quietly =
  (run: (text: string) => unknown) =>
  (text: string): unknown => {
    try {
      return run(text);
    } catch {
      return null;
    }
  };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const question = encodeQuestion(1, 'example.org');

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  fold,
  slug,
  foldTitle,
  parseReleaseName,
  parseMagnet,
  displayText: (text) => displayText(text, ''),
  'displayText of bytes': (text) => displayText(bytesOf(text), ''),
  cleanComplaint,
  'withoutPrivate, a session description': (text) => withoutPrivate(text, false),
  choosePlayableFile: (text) =>
    choosePlayableFile({
      files: [{ index: 0, name: `${text}.mp4`, path: `${text}.mp4`, length: 1, offset: 0 }],
    }),
  'acceptedTrackers, many': (text) => acceptedTrackers(text.split('a')),
  'acceptedWebSeeds, many': (text) => acceptedWebSeeds(text.split('a')),
  'decodeBencode, a list': (text) => decodeBencode(bytesOf(`l${text}`)),
  'decodeBencode, a string': (text) => decodeBencode(bytesOf(`${text.length}:${text}`)),
  'decodeAnswer, DNS': (text) =>
    decodeAnswer(
      question,
      Buffer.concat([
        question.subarray(0, 2),
        Buffer.from([0x81, 0x80, 0, 1, 0xff, 0xff]),
        question.subarray(8),
        bytesOf(text),
      ]),
    ),
  readRange: (text) => readRange(text, 1_000),
  'readRange of bytes': (text) => readRange(`bytes=${text}`, 1_000),
  ifNoneMatchHits: (text) => ifNoneMatchHits(text, '"a"'),
  matchesEntityTag: (text) => matchesEntityTag(text, '"a"'),
  preferredLanguage,
  parseRetryAfter: (text) => parseRetryAfter(`Mon, ${text}`, 0),
  'parseRetryAfter, seconds': (text) => parseRetryAfter(text, 0),
  clientAddress: (text) => clientAddress('127.0.0.1', text, () => true),
  deviceName,
  loggedPath,
  contentDisposition,
};

describe('readers of foreign text', () => {
  it.each(Object.entries(readers))('T71 T51 take time linear in its length: %s', async (_name, read) => {
    for (const part of repeated) {
      const make = (size: number) => part.repeat(Math.ceil(size / part.length));
      expect({ part, growth: await findSuperLinearGrowth(make, quietly(read)) }).toEqual({
        part,
        growth: null,
      });
    }
  });

  it('T71 cut runs of combining marks, which Unicode sorts in time that grows with their square', () => {
    expect(fold(`e${'\u0301\u0323'.repeat(5_000)}`)).toBe('e');
    expect(displayText(`e${'\u0301'.repeat(5_000)}`, '').length).toBeLessThan(40);
    expect(displayText('Ame\u0301lie', '')).toBe('Amélie');
  });
});
