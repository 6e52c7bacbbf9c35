import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { createProver } from '../../src/serve/prover.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import { type DecisionRequest, decide } from '../../src/usecases/decide.ts';
import { NOW } from '../usecases/fakes.ts';

const request: DecisionRequest = {
  sources: [0, 1].map((at) => ({
    path: `.github/workflows/${at}.yml`,
    text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\njobs:\n  a:\n    runs-on: ubuntu-latest\n',
  })),
  config: { ...parseConfig(''), 'min-benefit': 0, 'min-confidence': 0, 'max-change-share': 1 },
  learned: emptyLearned(),
  pool: emptyLatenessPool(),
  proposals: [],
  population: emptyPopulation(NOW),
  now: NOW,
  trigger: 'command',
  decisionsBefore: 0,
};

function warnings(): { readonly warn: (...told: unknown[]) => void; readonly said: unknown[] } {
  const said: unknown[] = [];
  return { warn: (...told) => said.push(told), said };
}

describe('a prover', () => {
  it('says of a decision how much a better one could save, and sees that staying is worse', async () => {
    const log = warnings();
    const prove = createProver(log);
    const decision = decide(request);
    const staying = {
      ...decision,
      schedules: decision.schedules.map((one) => ({ ...one, outcome: 'keep' as const, to: one.cron })),
    };
    const [ours, none] = await Promise.all([prove(request, decision), prove(request, staying)]);
    expect(ours?.gap).toBeLessThan(0.02);
    expect(ours?.bound).toBeLessThanOrEqual((ours?.cost ?? 0) + 1e-9);
    expect(none?.gap).toBeGreaterThan(ours?.gap ?? 0);
    expect(log.said).toEqual([]);
  });

  it('holds nobody up: what takes too long or fails is told, and there is no proof', async () => {
    const log = warnings();
    const decision = decide(request);
    expect(await createProver(log, { milliseconds: 0, graceMs: 0 })(request, decision)).toBeNull();
    expect(await createProver(log)(request, { ...decision, strategy: 'bold' })).toBeNull();
    const stopping = AbortSignal.abort();
    expect(await createProver(log, { stopping })(request, decision)).toBeNull();
    expect(log.said).toHaveLength(3);
  });
});
