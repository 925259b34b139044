import { expect, test } from '@jest/globals';
import { TextSealer } from './sealed-text.js';

const sealer = new TextSealer(Buffer.alloc(32, 1));

test('a sealed text opens for its purpose, and is different each time', () => {
  const sealed = sealer.seal('hush ✓', 'a');
  expect(sealer.open(sealed, 'a')).toBe('hush ✓');
  expect(sealer.open(sealed, 'b')).toBeNull();
  expect(sealer.seal('hush ✓', 'a')).not.toBe(sealed);
  expect(sealed).not.toContain('hush');
  expect(sealer.open(sealer.seal('', 'a'), 'a')).toBe('');
});

test('it does not open with other keys, nor when it was touched', () => {
  const sealed = sealer.seal('hush', 'a');
  expect(new TextSealer(Buffer.alloc(32, 2)).open(sealed, 'a')).toBeNull();
  const bytes = Buffer.from(sealed.slice(3), 'base64');
  for (let at = 0; at < bytes.length; at += 1) {
    const touched = Buffer.from(bytes);
    touched.writeUInt8(touched.readUInt8(at) ^ 1, at);
    expect(sealer.open(`v1.${touched.toString('base64')}`, 'a')).toBeNull();
  }
  for (const other of ['', 'v1.', 'v1.AAAA', 'hush', sealed.slice(3)])
    expect(sealer.open(other, 'a')).toBeNull();
});
