import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { learnRun } from '../../src/forecast/learn.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { applyLearnedChange } from '../../src/forecast/learned-change.ts';
import { changedParts, learnedFrom } from '../../src/store/postgres/learned-parts.ts';
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

describe('the parts of the learned state', () => {
  it('make the same state again when those that changed are written after every run', () => {
    fc.assert(
      fc.property(fc.array(someRun, { minLength: 1, maxLength: 60 }), (runs) => {
        let [learned, pool] = [emptyLearned(), emptyLatenessPool()];
        const stored = new Map(changedParts(undefined, learned).changed);
        let createdAt = Date.parse('2026-03-02T00:00:00Z');
        for (const [id, { path, event, minutesLater, seconds, hasEnded }] of runs.entries()) {
          createdAt += minutesLater * 60_000;
          const ended = hasEnded
            ? { endedAt: createdAt + seconds * 1_000, durationSeconds: seconds }
            : { endedAt: null, conclusion: null, durationSeconds: null };
          const seen = run(id, { path, event, createdAt, startedAt: createdAt, ...ended });
          const own = ENTRIES.filter((entry) => entry.path === path);
          const before = learned;
          const lesson = learnRun(learned, pool, seen, own);
          learned = applyLearnedChange(learned, lesson.change);
          pool = lesson.pool ?? pool;
          const { changed, removed } = changedParts(before, learned);
          for (const [part, text] of changed) stored.set(part, text);
          for (const part of removed) stored.delete(part);
        }
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
