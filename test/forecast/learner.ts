import { emptyLatenessPool, type LatenessPool } from '../../src/forecast/lateness-pool.ts';
import { type LearnedRun, type LearnOptions, learnNext } from '../../src/forecast/learn.ts';
import { emptyLearned, type LearnedRepository } from '../../src/forecast/learned.ts';
import type { ScheduleEntry } from '../../src/history/match-state.ts';
import type { Run } from '../../src/history/run.ts';

/** Learns runs one after the other; what is known can be looked at in between. */
export class Learner {
  learned: LearnedRepository = emptyLearned();
  pool: LatenessPool = emptyLatenessPool();

  learn(
    run: Run,
    entries: readonly (ScheduleEntry & { readonly path: string })[],
    options?: LearnOptions,
  ): LearnedRun {
    const { learned, pool, outcome } = learnNext(this, run, entries, options);
    this.learned = learned;
    this.pool = pool;
    return outcome;
  }
}
