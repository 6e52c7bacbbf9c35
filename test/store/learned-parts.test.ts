import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { learnNext, learnRun } from '../../src/forecast/learn.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { applyLearnedChange } from '../../src/forecast/learned-change.ts';
import {
  changedPartNames,
  learnedFrom,
  learnedParts,
  type PartPrints,
  partsToWrite,
} from '../../src/store/postgres/learned-parts.ts';
import { run } from './sample.ts';

/** With the separators of parts' names in them. */
const PATHS = ['nightly', 'odd|name', 'odd#1', 'odd', 'a/b'].map((name) => `.github/workflows/${name}.yml`);
const ENTRIES = PATHS.flatMap((path, index) =>
  [0, 1].map((entry) => ({
    key: `${path}#${entry}`,
    path,
    cron: `${10 * index} ${3 + 12 * entry} * * *`,
    timezone: 'UTC',
  })),
);

const someRun = fc.record({
  path: fc.constantFrom(...PATHS),
  event: fc.constantFrom('schedule', 'push'),
  minutesLater: fc.integer({ min: 0, max: 3_000 }),
  seconds: fc.integer({ min: 0, max: 4_000 }),
  hasEnded: fc.boolean(),
});

describe('the parts of what was learned', () => {
  it('are written where a change names them, and make the same state again', () => {
    fc.assert(
      fc.property(fc.array(someRun, { minLength: 1, maxLength: 60 }), (runs) => {
        let [learned, pool] = [emptyLearned(), emptyLatenessPool()];
        let stored: Record<string, string> = {};
        let prints: PartPrints = new Map();
        let createdAt = Date.parse('2026-03-02T00:00:00Z');
        for (const [id, { path, event, minutesLater, seconds, hasEnded }] of runs.entries()) {
          createdAt += minutesLater * 60_000;
          const ended = hasEnded
            ? { endedAt: createdAt + seconds * 1_000, durationSeconds: seconds }
            : { endedAt: null, conclusion: null, durationSeconds: null };
          const seen = run(id, { path, event, createdAt, startedAt: createdAt, ...ended });
          const own = ENTRIES.filter((entry) => entry.path === path);
          const lesson = learnRun(learned, pool, seen, own);
          learned = applyLearnedChange(learned, lesson.change);
          pool = lesson.pool ?? pool;
          const all = partsToWrite(learned, prints, null);
          const some = partsToWrite(learned, prints, new Set(changedPartNames(lesson.change)));
          expect(some).toEqual(all);
          stored = { ...stored, ...some.changed };
          for (const part of some.removed) delete stored[part];
          prints = some.prints;
        }
        expect(learnedFrom(stored)).toEqual(JSON.parse(JSON.stringify(learned)));
      }),
      { numRuns: 60 },
    );
  });

  it('are all named by a change that brings a whole state', () => {
    const { learned } = learnNext({ learned: emptyLearned(), pool: emptyLatenessPool() }, run(1), []);
    expect(changedPartNames({ whole: learned })).toEqual([...learnedParts(learned).keys()]);
  });
});
