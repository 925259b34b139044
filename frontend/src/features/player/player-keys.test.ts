import { describe, expect, it } from '@jest/globals';
import { actionForKey } from './player-keys.js';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) =>
  actionForKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('actionForKey', () => {
  it.each([
    [' ', { type: 'toggle-play' }],
    ['k', { type: 'toggle-play' }],
    ['K', { type: 'toggle-play' }],
    ['j', { type: 'seek-by', seconds: -10 }],
    ['l', { type: 'seek-by', seconds: 10 }],
    ['ArrowLeft', { type: 'seek-by', seconds: -5 }],
    ['ArrowRight', { type: 'seek-by', seconds: 5 }],
    ['ArrowUp', { type: 'change-volume', by: 0.05 }],
    ['m', { type: 'toggle-mute' }],
    ['f', { type: 'toggle-fullscreen' }],
    ['i', { type: 'toggle-engine' }],
    ['?', { type: 'toggle-keys' }],
    ['Escape', { type: 'leave' }],
    ['0', { type: 'seek-to-part', part: 0 }],
    ['8', { type: 'seek-to-part', part: 0.8 }],
  ])('%s', (key, action) => {
    expect(press(key)).toEqual(action);
  });

  it('leaves combinations and other keys to the browser', () => {
    expect(press('f', { ctrlKey: true })).toBeNull();
    expect(press('l', { metaKey: true })).toBeNull();
    expect(press('Tab')).toBeNull();
    expect(press('constructor')).toBeNull();
  });
});
