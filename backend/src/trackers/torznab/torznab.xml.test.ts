import { describe, expect, it } from '@jest/globals';
import { findSuperLinearGrowth } from '../../test-support/growth.js';
import { parseTorznab } from './torznab.xml.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const repeated = (part: string, size: number) => part.repeat(Math.ceil(size / part.length));

/** Answers that make readers of XML look at the same characters again and again. */
const hostile: Readonly<Record<string, (size: number) => string>> = {
  'document types': (size) => repeated('<!DOCTYPE', size),
  'document types that open a subset': (size) => repeated('<!DOCTYPE a [', size),
  'brackets in a document type': (size) => `<!DOCTYPE ${repeated('[', size)}`,
  'a document type that does not end': (size) => `<!DOCTYPE ${repeated('x', size)}`,
  'opening brackets': (size) => repeated('<', size),
  'nested elements': (size) => repeated('<a>', size),
  'closing tags': (size) => repeated('</a>', size),
  'closing tags of other elements': (size) => repeated('<a>', size / 2) + repeated('</b>', size / 2),
  comments: (size) => repeated('<!--', size),
  'character data': (size) => repeated('<![CDATA[', size),
  'the end of character data': (size) => `<![CDATA[${repeated(']]', size)}`,
  'processing instructions': (size) => repeated('<?a ', size),
  attributes: (size) => `<rss ${repeated('b="c" ', size)}`,
  'an attribute that does not end': (size) => `<rss a="${repeated('<', size)}`,
  'bare ampersands': (size) => `<rss><channel><title>${repeated('&', size)}`,
  'half an entity': (size) => `<rss><channel><title>${repeated('&a;&#', size)}`,
  'items that do not end': (size) => repeated('<item>', size),
  'items that only end': (size) => repeated('</item>', size),
  'items within items': (size) => repeated('<item>', size / 2) + repeated('</item>', size / 2),
  'items without anything': (size) => `<rss><channel>${repeated('<item/>', size)}`,
  'items whose tags do not end': (size) => `<rss version="2.0"><channel>${repeated('<item </item ', size)}`,
  'attributes of one name': (size) =>
    `<rss><channel><item><title>a</title>${repeated('<torznab:attr name="a" value="b"/>', size)}</item>`,
};

describe('parseTorznab', () => {
  it('reads capabilities that begin with what can be searched for, and items directly below the root', async () => {
    const searching = '<searching><search available="yes"/></searching>';
    expect(await parseTorznab(bytesOf(`<caps>${searching}<categories/></caps>`))).toEqual({
      kind: 'caps',
      searching: { search: { '@available': 'yes' } },
    });
    const answer = await parseTorznab(bytesOf('<feed><item><title>Sintel 2010 1080p</title></item></feed>'));
    expect(answer).toMatchObject({ kind: 'feed', items: [{ title: 'Sintel 2010 1080p' }] });
  });

  it.each(Object.entries(hostile))('T71 reads %s in time linear in their length', async (_name, make) => {
    const growth = await findSuperLinearGrowth(
      (size) => bytesOf(make(size)),
      (bytes) => parseTorznab(bytes),
    );
    expect(growth).toBeNull();
  });

  const item = (n: number, more = '') =>
    `<item><title>Film ${n} &amp; more</title><guid>${n}</guid><size>1</size>${more}<torznab:attr name="seeders" value="${n}"/></item>`;
  const feed = (items: string) =>
    `<?xml version="1.0"?><rss xmlns:torznab="http://torznab.com/schemas/2015/feed"><channel><title>t</title>${items}</channel></rss>`;

  it('keeps its items in order, whatever stands between and within them', async () => {
    const odd = [
      item(1),
      '<!-- <item><title>hidden</title></item> -->',
      item(2, '<description><![CDATA[</item><item>]]></description>'),
      '<item/>',
      '<items><title>other</title></items>',
      item(3, `<description>${'x'.repeat(100_000)}</description>`),
      item(4),
      '<item><title>cut off',
    ].join('\n');
    const document = await parseTorznab(bytesOf(feed(odd)));
    const titles = document.kind === 'feed' ? document.items.map(({ title }) => title) : [];
    expect(titles).toEqual(['Film 1 & more', 'Film 2 & more', 'Film 4 & more']);
  });

  it('reads the first thousand items of a feed of 8 MB and gives others their turn meanwhile (T51)', async () => {
    const bytes = bytesOf(
      feed(Array.from({ length: 1_500 }, (_, n) => item(n, `<d>${'<a b="c"/>'.repeat(500)}</d>`)).join('')),
    );
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const document = await parseTorznab(bytes);
    isOver = true;
    expect(document.kind === 'feed' && document.items.length).toBe(1_000);
    // A tree of the whole would have taken one turn.
    expect(turns).toBeGreaterThan(20);
  });

  it('reads capabilities and empty feeds however long they are', async () => {
    const categories = '<category id="1" name="a"/>'.repeat(3_000);
    const searching = '<searching><search available="yes" supportedParams="q,imdbid"/></searching>';
    expect(
      await parseTorznab(bytesOf(`<caps><categories>${categories}</categories>${searching}</caps>`)),
    ).toEqual({
      kind: 'caps',
      searching: { search: { '@available': 'yes', '@supportedParams': 'q,imdbid' } },
    });
    expect(await parseTorznab(bytesOf(feed(categories)))).toEqual({ kind: 'feed', items: [] });
  });

  it('stops when its caller does', async () => {
    const gone = new AbortController();
    gone.abort(new Error('gone'));
    await expect(parseTorznab(bytesOf(feed(item(1))), gone.signal)).rejects.toThrow('gone');
  });
});
