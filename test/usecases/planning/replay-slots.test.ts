import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/history/run.ts';
import type { Decision } from '../../../src/plan/decision.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import { emptyPopulation } from '../../../src/strategy/population.ts';
import type { SlotRecord, Strategy } from '../../../src/strategy/strategy.ts';
import { withSlotRecords } from '../../../src/usecases/planning/replay-slots.ts';
import { sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, decision, NOW, outlook, proposal, schedule } from '../../proposal/sample.ts';

const HOUR_MS = 3_600_000;
const [born] = emptyPopulation(0).strategies as [Strategy];
const POPULATION = { ...emptyPopulation(0), strategies: [born, { ...born, name: 'bold' }] };
const KEY = schedule().key;
/** The night's slot was expected to start two hours late, the evening's one hour; none to fail. */
const NIGHT = outlook({ latenessMedianMinutes: 120, successProbability: 1 });
const EVENING = outlook({ latenessMedianMinutes: 60, successProbability: 1 });

const shadow = (strategy: string, picks: { key: string; to: string; hours: number }[] = []) => ({
  strategy,
  lowerBound: 0.8,
  value: 0.8,
  dominated: false,
  picks,
});

/** `default` would have stayed; `bold` decided, drawn with this propensity, and moved to the evening. */
function moved(propensity: number): Decision {
  return {
    ...decision([schedule({ today: NIGHT, proposed: EVENING })]),
    strategy: 'bold',
    propensity,
    strategies: [shadow('bold'), shadow('default', [{ key: KEY, to: '0 2 * * *', hours: 2 }])],
  };
}

const merged: Proposal = proposal({
  decisionId: 'd-1',
  state: 'merged',
  mergedAt: NOW + DAY_MS,
  changedAt: NOW + DAY_MS,
});

/** Five ticks after the merge, each so many hours late. */
function evenings(hoursLate: number, over: Partial<Run> = {}): readonly Run[] {
  return Array.from({ length: 5 }, (_, day) => {
    const tick = NOW + (2 + day) * DAY_MS;
    const created = new Date(tick + hoursLate * HOUR_MS).toISOString();
    return sampleRun(day + 1, created, { scheduleKey: KEY, tick, ...over });
  });
}

function regrets(
  one: Decision,
  runs: readonly Run[],
  proposals: readonly Proposal[],
): readonly (SlotRecord | undefined)[] {
  const { strategies } = withSlotRecords(POPULATION, { decisions: [one], proposals, runs });
  return strategies.map(({ slots }) => slots);
}

describe('replay of what was decided', () => {
  it('goes by the expectations while nothing was seen', () => {
    expect(regrets(moved(1), [], [merged])).toEqual([
      { choices: 1, regretHours: 1 },
      { choices: 1, regretHours: 0 },
    ]);
  });

  it('is corrected by the runs at the slot in force', () => {
    // Four hours late instead of one: staying would have cost two.
    expect(regrets(moved(1), evenings(4), [merged])).toEqual([
      { choices: 1, regretHours: 0 },
      { choices: 1, regretHours: 2 },
    ]);
  });

  it('weighs what was seen by how seldom the slot is drawn', () => {
    const [, bold] = regrets(moved(0.5), evenings(4), [merged]);
    // 1 expected + 3 more seen, twice as much since it is tried half as often, against 2.
    expect(bold?.regretHours).toBeCloseTo(1 + 3 / 0.5 - 2, 10);
  });

  it('counts a failure as two hours', () => {
    const [, bold] = regrets(moved(1), evenings(1, { conclusion: 'failure' }), [merged]);
    expect(bold?.regretHours).toBeCloseTo(1 + 2 - 2, 10);
  });

  it('looks at the slot that stayed where nobody merged, which was drawn by nobody', () => {
    // Half an hour late at night, where two had been expected: who stayed was right.
    const runs = evenings(0.5);
    expect(regrets(moved(0.5), runs, [])).toEqual([
      { choices: 1, regretHours: 0 },
      { choices: 1, regretHours: 0.5 },
    ]);
  });

  it.each([
    ['whose tick is not sure', evenings(4, { ambiguous: true })],
    ['of another schedule', evenings(4, { scheduleKey: 'other.yml#0' })],
    ['that are fewer than three', evenings(4).slice(0, 2)],
  ])('learns nothing from runs %s', (_, runs) => {
    expect(regrets(moved(1), runs, [merged])).toEqual(regrets(moved(1), [], [merged]));
  });

  it('says nothing of decisions that one strategy made alone', () => {
    const alone = decision([schedule({ today: NIGHT, proposed: EVENING })]);
    expect(regrets(alone, evenings(4), [merged])).toEqual([undefined, undefined]);
  });
});
