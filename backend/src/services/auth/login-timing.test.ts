import { expect, test } from '@jest/globals';
import { openTestAuth, origin } from '../../test-support/auth.js';

test('T35 the time of a refusal does not tell a known name from an unknown one', async () => {
  const kinora = await openTestAuth();
  await kinora.createUser('ana', 'correct horse');
  const took: Record<'ana' | 'nobody', number[]> = { ana: [], nobody: [] };
  for (let round = 0; round < 150; round += 1) {
    for (const username of ['ana', 'nobody'] as const) {
      const startedAt = performance.now();
      // From elsewhere each time, so that the back-off, which would be the same for both, does not end the test.
      const address = `2001:db8:${round}:${username === 'ana' ? 1 : 2}::1`;
      await kinora.login({ username, password: 'a guess' }, { ...origin, address }).catch(() => undefined);
      took[username].push(performance.now() - startedAt);
    }
  }
  // Generous: without the work for nobody the difference would be that of a whole hash, here about a millisecond.
  const [known, unknown] = [median(took.ana.slice(30)), median(took.nobody.slice(30))];
  expect(Math.abs(known - unknown)).toBeLessThan(0.35 * Math.max(known, unknown));
  await kinora.dispose();
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
