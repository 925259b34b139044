import { describe, expect, it } from '@jest/globals';
import { Lifecycle } from './lifecycle.js';

/** Components that note what happens to them; `failing` names the events that throw. */
function components(names: readonly string[], failing: readonly string[] = []) {
  const events: string[] = [];
  const lifecycle = new Lifecycle();
  const note = async (event: string) => {
    events.push(event);
    await Promise.resolve();
    if (failing.includes(event)) throw new Error(`${event} failed`);
  };
  for (const name of names)
    lifecycle.add(name, { start: () => note(`start ${name}`), stop: () => note(`stop ${name}`) });
  return { lifecycle, events };
}

describe('Lifecycle', () => {
  it('stops in the reverse order of the start', async () => {
    const { lifecycle, events } = components(['guard', 'engine', 'server']);
    await lifecycle.start();
    await lifecycle.stop();
    expect(events).toEqual([
      'start guard',
      'start engine',
      'start server',
      'stop server',
      'stop engine',
      'stop guard',
    ]);
  });

  it('stops everything after a failed start, and throws its failure', async () => {
    const { lifecycle, events } = components(['guard', 'engine', 'server'], ['start engine', 'stop engine']);
    await expect(lifecycle.start()).rejects.toThrow('start engine failed');
    expect(events).toEqual(['start guard', 'start engine', 'stop server', 'stop engine', 'stop guard']);
    await expect(lifecycle.stop()).rejects.toThrow('stop engine failed');
    expect(events).toHaveLength(5);
  });

  it('one that does not stop keeps no other from stopping', async () => {
    const { lifecycle, events } = components(['guard', 'engine', 'server'], ['stop engine']);
    await lifecycle.start();
    await expect(lifecycle.stop()).rejects.toThrow('stop engine failed');
    expect(events.slice(3)).toEqual(['stop server', 'stop engine', 'stop guard']);
  });

  it('starts nothing more once it is stopping', async () => {
    const events: string[] = [];
    const lifecycle: Lifecycle = new Lifecycle()
      .add('first', { start: () => void lifecycle.stop(), stop: () => events.push('stop first') })
      .add('second', { start: () => events.push('start second') });
    await expect(lifecycle.start()).rejects.toThrow('stopped before second');
    expect(events).toEqual(['stop first']);
  });
});
