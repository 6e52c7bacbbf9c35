import { bottlenecksOf } from '../../src/jobs/bottlenecks.ts';
import { criticalPath } from '../../src/jobs/critical-path.ts';
import { matchJobs } from '../../src/jobs/graph.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { type MadeRun, madeGraph, madeRuns, tracksAfter } from './made-graphs.ts';
import { truthOf } from './truth.ts';

const RUNS = 60;
const SIX_HOURS_MS = 6 * 3_600_000;
/** What a planted bottleneck must be in truth at the end, as levels jump and files are edited on the way. */
const PLANTED = { share: 0.9, gain: 0.25 } as const;
/** In a graph without, every job is below one of these: between the two nobody could say which is right. */
const NONE = { share: 0.7, gain: 0.12 } as const;

export interface BottleneckScore {
  readonly graphs: number;
  /** Share of graphs with a planted bottleneck in which it is named, and first. */
  readonly namedFirst: number;
  /** Share of graphs without in which none is named. */
  readonly noneNamed: number;
}

/** Names bottlenecks on so many made graphs with, and so many without. */
export function scoreBottlenecks(graphs: number, seed: number, noise: number): BottleneckScore {
  let [named, silent] = [0, 0];
  for (let at = 0; at < graphs; at += 1) {
    const planted = find(seed + at, noise, true);
    if (planted.named[0] === planted.truth) named += 1;
    if (find(seed + at, noise, false).named.length === 0) silent += 1;
  }
  return { graphs, namedFirst: named / graphs, noneNamed: silent / graphs };
}

interface Found {
  readonly named: readonly string[];
  /** Id of the planted job. */
  readonly truth: string | null;
}

function find(seed: number, noise: number, plant: boolean): Found {
  const random = seededRandom(plant ? seed : seed + 500_000);
  for (;;) {
    const graph = madeGraph(random, plant);
    const runs = madeRuns(graph, RUNS, noise, random);
    const last = runs.at(-1);
    if (last === undefined || !isClear(last, noise, random, graph.planted)) continue;
    const at = (last.jobs[0]?.createdAt ?? 0) + SIX_HOURS_MS;
    const path = criticalPath(matchJobs(last.graph, tracksAfter(runs)), { at, random });
    const named = path === null ? [] : bottlenecksOf(path).map(({ job }) => job.id);
    return { named, truth: graph.planted === null ? null : (last.graph[graph.planted]?.id ?? null) };
  }
}

function isClear(run: MadeRun, noise: number, random: () => number, planted: number | null): boolean {
  const truth = truthOf(run, noise, random);
  if (planted === null) return truth.every(({ share, gain }) => share < NONE.share || gain < NONE.gain);
  const own = truth[planted];
  return own !== undefined && own.share >= PLANTED.share && own.gain >= PLANTED.gain;
}
