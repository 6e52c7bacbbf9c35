import { z } from 'zod';
import { itemAt, numberAt } from '../checked.ts';
import { valueForRunners } from '../config/runner-names.ts';
import { DAY_MS } from '../time.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import { TaskFactory } from './task.ts';
import { WEEK_BINS } from './week.ts';
import { weekLoad } from './week-load.ts';

/** Length of 2016 floats of 32 bits as base64. */
const PACKED_LENGTH = 10_752;
/** A repository without a round for so long has no runs: even a monthly schedule brings one a month. */
const FRESH_MS = 35 * DAY_MS;

/** How many jobs of one repository are expected on the runners it shares: all that others need to know of it. */
export const SharedLoad = z.object({
  /** Epoch ms of the planning round that wrote it. */
  at: z.number(),
  /** By name of the runners: jobs in progress per five minutes of the UTC week, 2016 floats of 32 bits as base64. */
  jobs: z.record(z.string(), z.base64().length(PACKED_LENGTH)),
});
export type SharedLoad = z.infer<typeof SharedLoad>;

export interface RepositoryLoad {
  readonly repositoryId: number;
  readonly load: SharedLoad;
}

/** Expected jobs on the named runners, push and pull request jobs on standard ones. `moves`: new crons by key. */
export function sharedLoadOf(
  input: PlanInput,
  names: readonly string[],
  moves: ReadonlyMap<string, string>,
): SharedLoad {
  const taskFactory = new TaskFactory(input);
  const jobs: Record<string, string> = {};
  for (const runners of names) {
    const there = input.schedules.filter((schedule) => (schedule.runners ?? RUNNERS) === runners);
    const scheduled = weekLoad(
      there
        .map((schedule) =>
          taskFactory.taskOf({ ...schedule, candidates: [], cron: moves.get(schedule.key) ?? schedule.cron }),
        )
        // All jobs are load there, whether runners are scarce here or not.
        .map((task) => ({ ...task, countedJobs: task.jobs })),
    );
    const load = Float32Array.from(
      scheduled,
      (some, bin) => some + (runners === RUNNERS ? (input.background[bin] ?? 0) : 0),
    );
    if (load.some((some) => some > 0)) jobs[runners] = Buffer.from(load.buffer).toString('base64');
  }
  return { at: input.now, jobs };
}

/** The loads of others on the named runners added up, 2016 values each, none older than five weeks. `now`: epoch ms. */
export function loadsTogether(
  loads: readonly RepositoryLoad[],
  names: readonly string[],
  now: number,
): Record<string, number[]> {
  const inOrder = loads.toSorted((a, b) => a.repositoryId - b.repositoryId);
  return Object.fromEntries(
    names.map((runners) => {
      const sums = new Float64Array(WEEK_BINS);
      for (const { load } of inOrder) {
        const packed = valueForRunners(load.jobs, runners);
        if (packed === undefined || now - load.at > FRESH_MS) continue;
        const jobs = unpacked(packed);
        for (let bin = 0; bin < WEEK_BINS; bin += 1) sums[bin] = numberAt(sums, bin) + itemAt(jobs, bin);
      }
      return [runners, [...sums]];
    }),
  );
}

function unpacked(packed: string): Float32Array {
  const bytes = Buffer.from(packed, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
