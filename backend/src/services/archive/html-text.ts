const namesOfHidden = ['script', 'style'] as const;

/**
 * Returns the text of a piece of HTML: without tags, scripts and style sheets, with the entities that descriptions use
 * decoded and white space collapsed. A `<` that no `>` follows is text.
 *
 * A scanner and not a regular expression, because it looks at each character once whatever the input holds.
 */
export function textOfHtml(html: string): string {
  return withoutTags(html)
    .replaceAll(/&nbsp;/gi, ' ')
    .replaceAll(/&quot;/gi, '"')
    .replaceAll(/&#0?39;|&apos;/gi, "'")
    .replaceAll(/&lt;/gi, '<')
    .replaceAll(/&gt;/gi, '>')
    .replaceAll(/&amp;/gi, '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function withoutTags(html: string): string {
  const parts: string[] = [];
  // A closing tag that was not found once is not there further on either.
  const unclosed = new Set<string>();
  let position = 0;
  for (;;) {
    const open = html.indexOf('<', position);
    const close = open < 0 ? -1 : html.indexOf('>', open);
    if (close < 0) break;
    parts.push(html.slice(position, open));
    position = close + 1;
    const name = html.slice(open + 1, open + 8).toLowerCase();
    const hidden = namesOfHidden.find(
      (word) => name.startsWith(word) && !/^[\w-]/.test(name.slice(word.length)),
    );
    if (hidden === undefined || unclosed.has(hidden)) continue;
    const ending = hidden === 'script' ? /<\/script>/gi : /<\/style>/gi;
    ending.lastIndex = position;
    if (ending.test(html)) position = ending.lastIndex;
    else unclosed.add(hidden);
  }
  parts.push(html.slice(position));
  return parts.join(' ');
}
