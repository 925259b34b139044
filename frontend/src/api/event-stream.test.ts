import { describe, expect, it } from '@jest/globals';
import { readEvents } from './event-stream.js';

const read = async (...chunks: string[]) => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(new Response(body))) events.push(event);
  return events;
};

describe('readEvents', () => {
  it('reads events wherever the network cuts them', async () => {
    const events = [
      { event: 'sources', data: '{"a":1}' },
      { event: 'message', data: 'one\ntwo' },
    ];
    const text = 'event: sources\ndata: {"a":1}\n\n: a comment\n\ndata: one\ndata: two\n\n';
    expect(await read(text)).toEqual(events);
    expect(await read(...Array.from(text))).toEqual(events);
    expect(await read(text.replaceAll('\n', '\r\n'))).toEqual(events);
  });

  it('leaves out what was cut off, and has nothing of an empty answer', async () => {
    expect(await read('data: whole\n\ndata: ha')).toEqual([{ event: 'message', data: 'whole' }]);
    expect(await read()).toEqual([]);
  });
});
