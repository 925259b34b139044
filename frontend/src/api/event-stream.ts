/** An event of a `text/event-stream` body (WHATWG HTML, "Server-sent events"), as far as our server sends them. */
export interface StreamEvent {
  event: string;
  data: string;
}

/** The events of an answer as they come. Ends with the body; what a broken connection cut off is left out. */
export async function* readEvents(response: Response): AsyncGenerator<StreamEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value.replaceAll('\r\n', '\n')).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    // Whoever stops listening ends the request, too.
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): StreamEvent | null {
  const lines = block.split('\n');
  const values = (name: string) =>
    lines.flatMap((line) =>
      line.startsWith(`${name}:`) ? [line.slice(name.length + 1).replace(/^ /, '')] : [],
    );
  const data = values('data');
  if (data.length === 0) return null;
  return { event: values('event').at(-1) ?? 'message', data: data.join('\n') };
}
