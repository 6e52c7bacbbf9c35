import type { PlanInput } from '../../src/plan/input.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { loadsTogether, sharedLoadOf } from '../../src/plan/shared-load.ts';
import { quantile } from './realised.ts';

const RUNNERS = 'standard';
/** Of the shared runners, by all repositories together. */
const BUSY_SHARE = 0.5;

/** What neighbours on shared runners cost a round, median processor time in ms. */
export interface BesideOthers {
  readonly addedUpMs: number;
  readonly leftMs: number;
  readonly aloneMs: number;
  readonly besideMs: number;
}

/** Plans a repository with and without so many others, each of which has left the same load, in turn. */
export function besideOthers(input: PlanInput, repositories: number, repetitions: number): BesideOthers {
  const load = sharedLoadOf(input, [RUNNERS], new Map());
  const left = Array.from({ length: repositories }, (_, repositoryId) => ({ repositoryId, load }));
  const sums = loadsTogether(left, [RUNNERS], input.now);
  const limit = Math.ceil(Math.max(1, ...(sums[RUNNERS] ?? [])) / BUSY_SHARE);
  const settings = { ...input.settings, jobLimits: { [RUNNERS]: limit } };
  const alone = { ...input, settings };
  const rows = Array.from({ length: repetitions }, (_, at) => ({
    addedUpMs: processorMs(() => loadsTogether(left, [RUNNERS], input.now)),
    leftMs: processorMs(() => sharedLoadOf(input, [RUNNERS], new Map())),
    aloneMs: processorMs(() => planSchedules(alone, at + 1)),
    besideMs: processorMs(() => planSchedules({ ...alone, elsewhere: sums }, at + 1)),
  }));
  const median = (figure: (row: BesideOthers) => number): number => quantile(rows.map(figure), 0.5);
  return {
    addedUpMs: median((row) => row.addedUpMs),
    leftMs: median((row) => row.leftMs),
    aloneMs: median((row) => row.aloneMs),
    besideMs: median((row) => row.besideMs),
  };
}

function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
