import { expect, it } from '@jest/globals';

/** As much of tape as the public suite uses. */
export function tape(name: string, run: (t: object) => void): void {
  it(name, async () => {
    await new Promise<void>((resolve) => {
      run({
        error: (error: unknown) => expect(error ?? null).toBeNull(),
        ok: (value: unknown) => expect(value).toBeTruthy(),
        equal: (actual: unknown, expected: unknown) => expect(actual).toBe(expected),
        deepEqual: (actual: Uint8Array, expected: Uint8Array) =>
          expect(Buffer.from(actual)).toEqual(expected),
        end: resolve,
      });
    });
  });
}
