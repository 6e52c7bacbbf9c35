import { describe, expect, it } from 'vitest';
import { fittedConfidence } from '../../src/plan/confidence-fit.ts';
import { measuredMoves } from '../../src/proposal/kept-gains.ts';
import type { Finding } from '../../src/proposal/verdict/verdict.ts';
import { decision, outlook, schedule } from './sample.ts';

const KEY = schedule().key;
/** The sample promises a median wait of 30 minutes instead of 158. */
const waits = (over: Partial<Finding> = {}): Finding => ({
  key: KEY,
  measure: 'lateness',
  before: 150,
  after: 40,
  expected: 160,
  runsBefore: 40,
  runsAfter: 14,
  runsBeside: 60,
  againstNotWorse: 1,
  againstNotBetter: 30,
  ...over,
});
const moved = (findings: readonly Finding[], worse: readonly string[] = []) =>
  measuredMoves(decision(), { findings: [...findings], worse: [...worse] });

describe('the measured moves of a proposal', () => {
  it.each([
    ['all of the gain', 40, true],
    ['just over half of it', 90, true],
    ['less than half of it', 105, false],
    ['nothing', 160, false],
  ])('keep what they promised, or not: %s', (_, after, kept) => {
    expect(moved([waits({ after })])).toEqual([{ confidence: 0.8, kept }]);
  });

  it('have not where they got worse', () => {
    expect(moved([waits()], [KEY])).toEqual([{ confidence: 0.8, kept: false }]);
  });

  it('are left out where nothing tells', () => {
    expect(moved([])).toEqual([]);
    expect(moved([waits({ runsAfter: 7 })])).toEqual([]);
    expect(moved([waits({ key: 'other.yml#0' })])).toEqual([]);
    const byDeadline = schedule({ proposed: outlook({ finishByProbability: 0.9 }) });
    const findings = { findings: [waits()], worse: [] };
    expect(measuredMoves(decision([byDeadline]), findings)).toEqual([]);
    expect(measuredMoves(decision([schedule({ outcome: 'keep' })]), findings)).toEqual([]);
  });

  it('count with the confidence of the shipped table, whatever was said', () => {
    const confidenceFit = { intercept: -0.4, slope: 0.9 };
    const said = schedule({ confidence: fittedConfidence(0.8, confidenceFit) });
    const [move] = measuredMoves({ ...decision([said]), confidenceFit }, { findings: [waits()], worse: [] });
    expect(move?.confidence).toBeCloseTo(0.8, 6);
  });
});
