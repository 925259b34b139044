import { describe, expect, it } from '@jest/globals';
import { findSuperLinearGrowth } from '../../test-support/growth.js';
import { textOfHtml } from './html-text.js';

describe('textOfHtml', () => {
  it.each([
    ['<p onclick="x()">A &amp; <b>B</b></p><script>evil()</script>', 'A & B'],
    ['One<br>two<br/>three', 'One two three'],
    ['<STYLE type="a">p { }</STYLE>Text<scripted>more</scripted>', 'Text more'],
    ['<script>never ends', 'never ends'],
    ['1 < 2 and no more', '1 < 2 and no more'],
    ['&lt;b&gt; &quot;a&quot; &#39;b&apos;&nbsp;c', '<b> "a" \'b\' c'],
    ['<script>a</script>b<script>c', 'b c'],
    ['', ''],
  ])('reads %j', (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  it.each(['<', '<script>', '<STYLE<C', '</script', '<!--', '&amp;', ' ', '<a b="<'])(
    'T71 reads many %j in time linear in their length',
    async (part) => {
      const make = (size: number) => part.repeat(Math.ceil(size / part.length));
      expect(await findSuperLinearGrowth(make, textOfHtml, { sizes: [65_536, 524_288] })).toBeNull();
    },
  );
});
