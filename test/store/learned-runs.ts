import fc from 'fast-check';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { learnRun } from '../../src/forecast/learn.ts';
import { emptyLearned, type LearnedRepository } from '../../src/forecast/learned.ts';
import { applyLearnedChange, type LearnedChange } from '../../src/forecast/learned-change.ts';
import { run } from './sample.ts';

/** With the separators of parts' names in them. */
export const PATHS = ['nightly', 'odd|name', 'odd#1', 'odd', 'a/b'].map(
  (name) => `.github/workflows/${name}.yml`,
);
export const ENTRIES = PATHS.flatMap((path, index) =>
  [0, 1].map((entry) => ({
    key: `${path}#${entry}`,
    path,
    cron: `${10 * index} ${3 + 12 * entry} * * *`,
    timezone: 'UTC',
  })),
);

/** What one run changes in what was learned before. */
export interface LearnedStep {
  readonly before: LearnedRepository;
  readonly change: LearnedChange;
  readonly after: LearnedRepository;
}

const someRun = fc.record({
  path: fc.constantFrom(...PATHS),
  event: fc.constantFrom('schedule', 'push'),
  minutesLater: fc.integer({ min: 0, max: 3_000 }),
  seconds: fc.integer({ min: 0, max: 4_000 }),
  hasEnded: fc.boolean(),
});

/** Runs of several workflows, learned one after the other. */
export const learnedRuns: fc.Arbitrary<readonly LearnedStep[]> = fc
  .array(someRun, { minLength: 1, maxLength: 60 })
  .map((runs) => {
    let [learned, pool] = [emptyLearned(), emptyLatenessPool()];
    let createdAt = Date.parse('2026-03-02T00:00:00Z');
    return runs.map(({ path, event, minutesLater, seconds, hasEnded }, id) => {
      createdAt += minutesLater * 60_000;
      const ended = hasEnded
        ? { endedAt: createdAt + seconds * 1_000, durationSeconds: seconds }
        : { endedAt: null, conclusion: null, durationSeconds: null };
      const seen = run(id, { path, event, createdAt, startedAt: createdAt, ...ended });
      const own = ENTRIES.filter((entry) => entry.path === path);
      const before = learned;
      const { change, pool: newPool } = learnRun(learned, pool, seen, own);
      learned = applyLearnedChange(learned, change);
      pool = newPool ?? pool;
      return { before, change, after: learned };
    });
  });
