import { describe, expect, it } from '@jest/globals';
import { type SeedingFacts, whoMayHave } from './seeding-rules.js';

const facts: SeedingFacts = {
  rules: {},
  minute: 12 * 60,
  title: { uploaded: 100, downloaded: 100 },
  all: { uploaded: 100, downloaded: 1_000 },
  runwayMs: Number.POSITIVE_INFINITY,
};
const night = { from: 23 * 60, to: 7 * 60 };

describe('whoMayHave', () => {
  it.each<[string, Partial<SeedingFacts>, string]>([
    ['no rules', {}, 'everybody'],
    ['a title that has given enough', { rules: { ratioPerTitle: 1 } }, 'who-sends'],
    ['a title that has not', { rules: { ratioPerTitle: 1.5 } }, 'everybody'],
    ['enough in all', { rules: { ratioInAll: 0.1 } }, 'who-sends'],
    ['nothing to be given back for', { rules: { ratioPerTitle: 0 } }, 'who-sends'],
    ['a viewer about to stall', { runwayMs: 500 }, 'who-sends'],
    ['quiet hours past midnight, before', { rules: { quietHours: night }, minute: 23 * 60 + 30 }, 'nobody'],
    ['quiet hours past midnight, after', { rules: { quietHours: night }, minute: 6 * 60 }, 'nobody'],
    ['out of quiet hours', { rules: { quietHours: night } }, 'everybody'],
    ['quiet hours within a day', { rules: { quietHours: { from: 600, to: 800 } } }, 'nobody'],
  ])('%s', (_name, change, who) => {
    expect(whoMayHave({ ...facts, ...change })).toBe(who);
  });
});
