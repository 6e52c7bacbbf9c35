import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { learnRun } from '../../src/forecast/learn.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { applyLearnedChange } from '../../src/forecast/learned-change.ts';
import { changedParts, learnedFrom } from '../../src/store/postgres/learned-parts.ts';
import { ENTRIES, learnedRuns, PATHS } from './learned-runs.ts';
import { run } from './sample.ts';

describe('the parts of the learned state', () => {
  it('make the same state again when those that changed are written after every run', () => {
    fc.assert(
      fc.property(learnedRuns, (steps) => {
        const stored = new Map(changedParts(undefined, emptyLearned()).changed);
        for (const { before, after } of steps) {
          const { changed, removed } = changedParts(before, after);
          for (const [part, text] of changed) stored.set(part, text);
          for (const part of removed) stored.delete(part);
        }
        const learned = steps.at(-1)?.after;
        expect(learnedFrom(Object.fromEntries(stored))).toEqual(JSON.parse(JSON.stringify(learned)));
      }),
      { numRuns: 60 },
    );
  });

  it('are few for one run, whatever else was learned before', () => {
    let learned = emptyLearned();
    for (const [id, path] of PATHS.entries()) {
      const { change } = learnRun(learned, emptyLatenessPool(), run(id, { path }), ENTRIES);
      learned = applyLearnedChange(learned, change);
    }
    const { change } = learnRun(learned, emptyLatenessPool(), run(99, { path: PATHS[0] as string }), ENTRIES);
    const { changed, removed } = changedParts(learned, applyLearnedChange(learned, change));
    const foreign = changed.filter(([part]) => PATHS.slice(1).some((path) => part.endsWith(`/${path}`)));
    expect([foreign, removed]).toEqual([[], []]);
    expect(changed.length).toBeLessThan(8);
  });

  it('that are gone are named, for a whole state in the place of another', () => {
    const { change } = learnRun(emptyLearned(), emptyLatenessPool(), run(1), []);
    const learned = applyLearnedChange(emptyLearned(), change);
    const { removed } = changedParts(learned, emptyLearned());
    expect(removed).toContain('streams/.github/workflows/nightly.yml|schedule');
  });

  it('are refused where one is no JSON', () => {
    const stored = Object.fromEntries(changedParts(undefined, emptyLearned()).changed);
    expect(() => learnedFrom({ ...stored, background: '{"half":' })).toThrow();
  });
});
