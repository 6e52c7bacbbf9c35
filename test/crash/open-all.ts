import { findRun } from '../../src/history/run-history.ts';
import { createInProcessQueue } from '../../src/queue/in-process.ts';
import type { AcceptedJob, Queue } from '../../src/queue/queue.ts';
import { type LowdbStore, openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { clock, profile, run } from '../store/sample.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A store and a queue as a serving process has them, with small segments: checkpoints and compactions all the time. */
export async function openAll(
  directory: string,
): Promise<{ readonly store: LowdbStore; readonly queue: Queue }> {
  const store = await openLowdbStore({ directory, log, clock, segmentBytes: 20_000, cacheBytes: 100_000 });

  /** Learns a run once, as production does: after a crash the last deliveries are handled again. */
  async function handle(job: AcceptedJob): Promise<void> {
    const { id } = job.payload as { id: number };
    const repositoryId = job.repositoryId ?? 0;
    const state = await store.load(repositoryId);
    if (state !== undefined && findRun(state.runs, { id, attempt: 1 }) !== undefined) return;
    const population = state?.population;
    await store.apply(repositoryId, {
      ...(state === undefined ? { profile: profile(repositoryId) } : {}),
      runs: [run(id)],
      ...(population === undefined
        ? {}
        : { population: { ...population, runsLearned: population.runsLearned + 1 } }),
      learningEvents: [
        { at: id, kind: 'adapted', strategy: 'default', before: null, after: null, why: `run ${id}` },
      ],
    });
  }

  const queue = await createInProcessQueue({
    data: store.data,
    handle,
    log,
    clock,
    random: () => 0.5,
  });
  return { store, queue };
}
