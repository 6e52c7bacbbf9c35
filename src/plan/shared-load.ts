import { z } from 'zod';
import { itemAt, numberAt } from '../checked.ts';
import { ofRunners } from '../config/runner-names.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import { TaskFactory } from './task.ts';
import { WEEK_BINS } from './week.ts';
import { weekLoad } from './week-load.ts';

/** Length of 2016 floats of 32 bits as base64. */
const PACKED_LENGTH = 10_752;
/** Whoever has had no round for so long runs nothing: a monthly schedule brings one a month. */
const FRESH_MS = 35 * 86_400_000;

/** What one repository's jobs are expected to take of the runners it shares: all that others need to know of it. */
export const SharedLoad = z.object({
  /** Epoch ms of the planning round that left it. */
  at: z.number(),
  /** By name of the runners: jobs in progress per five minutes of the UTC week, 2016 floats of 32 bits as base64. */
  jobs: z.record(z.string(), z.base64().length(PACKED_LENGTH)),
});
export type SharedLoad = z.infer<typeof SharedLoad>;

/** One repository of an installation, and what it has left. */
export interface LeftLoad {
  readonly repositoryId: number;
  readonly load: SharedLoad;
}

/**
 * What the schedules of a plan take of the runners named, with push and pull-request jobs on the standard ones. `moves`: new
 * crons by key that are taken to come true.
 */
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
      there.map((schedule) =>
        taskFactory.taskOf({ ...schedule, candidates: [], cron: moves.get(schedule.key) ?? schedule.cron }),
      ),
    );
    const load = Float32Array.from(
      scheduled,
      (some, bin) => some + (runners === RUNNERS ? (input.background[bin] ?? 0) : 0),
    );
    if (load.some((some) => some > 0)) jobs[runners] = Buffer.from(load.buffer).toString('base64');
  }
  return { at: input.now, jobs };
}

/**
 * What others have left, added up for the runners named: 2016 values each. In whatever order they come the sums are the
 * same; what is more than five weeks old counts no more. `now` is epoch ms.
 */
export function loadsTogether(
  left: readonly LeftLoad[],
  names: readonly string[],
  now: number,
): Record<string, number[]> {
  const inOrder = left.toSorted((a, b) => a.repositoryId - b.repositoryId);
  return Object.fromEntries(
    names.map((runners) => {
      const sums = new Float64Array(WEEK_BINS);
      for (const { load } of inOrder) {
        const packed = ofRunners(load.jobs, runners);
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
