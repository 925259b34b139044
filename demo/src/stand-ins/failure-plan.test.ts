import { describe, expect, it } from '@jest/globals';
import { FailurePlan } from './failure-plan.js';

describe('FailurePlan', () => {
  it('applies a failure until healed', () => {
    const plan = new FailurePlan();
    plan.fail({ status: 500 });
    expect(plan.take('/a')).toEqual({ status: 500 });
    expect(plan.take('/b')).toEqual({ status: 500 });
    plan.heal();
    expect(plan.take('/a')).toBeNull();
  });

  it('ends by itself after the given number of times', () => {
    const plan = new FailurePlan();
    plan.fail({ status: 503, times: 2 });
    expect([plan.take('/'), plan.take('/'), plan.take('/')].map((taken) => taken?.status)).toEqual([
      503,
      503,
      undefined,
    ]);
  });

  it('only counts requests whose path matches, also with a global pattern', () => {
    const plan = new FailurePlan();
    plan.fail({ status: 404, times: 2, path: /search/g });
    expect(plan.take('/3/movie/1')).toBeNull();
    expect(plan.take('/3/search/movie')?.status).toBe(404);
    expect(plan.take('/3/search/movie')?.status).toBe(404);
    expect(plan.take('/3/search/movie')).toBeNull();
  });
});
