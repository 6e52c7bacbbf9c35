import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newBackground } from '../../src/forecast/background.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { applyLearnedChange } from '../../src/forecast/learned-change.ts';
import { changeFrom, type RecordedChange, recordedChange } from '../../src/store/lowdb/recorded-change.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import { learnedRuns } from './learned-runs.ts';

const POPULATION = emptyPopulation(0);
const EMPTY = { learned: emptyLearned(), population: POPULATION, onTime: null };

function throughJson(record: RecordedChange): RecordedChange {
  return JSON.parse(JSON.stringify(record));
}

describe('a change as the journal holds it', () => {
  it('makes the same learned state again, run after run', () => {
    fc.assert(
      fc.property(learnedRuns, (steps) => {
        let learned = emptyLearned();
        for (const { before, change } of steps) {
          const record = recordedChange({ learned: change }, { ...EMPTY, learned: before });
          const read = changeFrom(throughJson(record), { ...EMPTY, learned });
          learned = applyLearnedChange(learned, read.learned ?? {});
        }
        expect(learned).toEqual(JSON.parse(JSON.stringify(steps.at(-1)?.after)));
      }),
      { numRuns: 60 },
    );
  });

  it('makes the same population again, and does not repeat what stays', () => {
    const lastEvolution = { at: 1, runsReplayed: 400, events: [] };
    const before = { ...POPULATION, lastEvolution };
    const after = { ...before, runsLearned: 7 };
    const record = recordedChange({ population: after }, { ...EMPTY, population: before });
    expect(record.population).toEqual({ runsLearned: 7 });
    expect(changeFrom(throughJson(record), { ...EMPTY, population: before }).population).toEqual(after);
  });

  it('holds the whole of what there was nothing of before', () => {
    const background = { ...newBackground(), firstAt: 5 };
    const record = throughJson(
      recordedChange({ population: POPULATION, learned: { background } }, undefined),
    );
    expect(changeFrom(record, EMPTY)).toEqual({ population: POPULATION, learned: { background } });
  });
});
