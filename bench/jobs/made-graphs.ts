import { type JobTrack, newTrack, updateTrack } from '../../src/jobs/job-track.ts';
import type { ObservedJob } from '../../src/jobs/observed-job.ts';
import { normalDraw } from '../../src/plan/random.ts';
import type { Job } from '../../src/workflow/schedule.ts';

/** A workflow with known truth. Layers of jobs; each job needs one to three of the layer before. */
export interface MadeGraph {
  readonly jobs: readonly Job[];
  /** Median seconds of each. */
  readonly medians: readonly number[];
  /** Place of the job that was made the bottleneck; `null` where none was. */
  readonly planted: number | null;
}

export interface MadeRun {
  /** The jobs as the file has them in this run: files are edited. */
  readonly graph: readonly Job[];
  readonly jobs: readonly ObservedJob[];
  /** Seconds from the first start to the last end. */
  readonly makespan: number;
  /** True level of each job in this run, log seconds. */
  readonly levels: readonly number[];
}

const START = Date.UTC(2026, 5, 1);
const RUN_EVERY_MS = 6 * 3_600_000;
export const QUEUE_MEDIAN_SECONDS = 8;
export const QUEUE_SPREAD = 0.6;
/**
 * Chance per run that the level of a job jumps, and by how much (log units): a cache, another test suite, a new
 * runner image.
 */
const JUMP_CHANCE = 1 / 50;
const JUMP_SPREAD = 0.35;
/** Chance per run that the file's `needs` were edited before it. */
const EDIT_CHANCE = 1 / 40;
/** Of a run as a whole: the runners of one run are fast or slow together, in part. */
export const SHARED_SPREAD = 0.3;

/** A balanced graph: two to four layers of two to five jobs of like lengths; with `plant`, one job takes far longer. */
export function madeGraph(random: () => number, plant = false): MadeGraph {
  const layers = 2 + Math.floor(3 * random());
  const base = 60 * Math.exp(1.2 * random());
  const jobs: Job[] = [];
  const medians: number[] = [];
  let before: string[] = [];
  for (let layer = 0; layer < layers; layer += 1) {
    const width = 2 + Math.floor(4 * random());
    const own: string[] = [];
    for (let at = 0; at < width; at += 1) {
      const id = `job-${layer}-${at}`;
      const needs = before.filter(() => random() < 0.4).slice(0, 3);
      const first = before[Math.floor(random() * before.length)];
      jobs.push({
        id,
        needs: layer > 0 && needs.length === 0 && first !== undefined ? [first] : needs,
        width: 1,
        runsOn: ['ubuntu-latest'],
        timeoutMinutes: null,
        uses: null,
      });
      medians.push(base * Math.exp(0.25 * normalDraw(random)));
      own.push(id);
    }
    before = own;
  }
  if (!plant) return { jobs, medians, planted: null };
  const planted = Math.floor(random() * jobs.length);
  // Longer than all the others together on any path: nothing else can be the bottleneck.
  return { jobs, medians: medians.with(planted, (3 + 2 * random()) * base * layers), planted };
}

/** Another `needs` of one job: one that it has goes, or one of an earlier job comes. */
function edited(jobs: readonly Job[], random: () => number): readonly Job[] {
  const place = 1 + Math.floor(random() * (jobs.length - 1));
  const job = jobs[place];
  const other = jobs[Math.floor(random() * place)];
  if (job === undefined || other === undefined) return jobs;
  const isLess = job.needs.length > 0 && random() < 0.5;
  const needs = isLess ? job.needs.slice(1) : [...new Set([...job.needs, other.id])];
  return jobs.with(place, { ...job, needs });
}

/** So many runs of a graph; `noise` is the spread (log units) of each job's time around its level. */
export function madeRuns(
  { jobs: first, medians }: MadeGraph,
  count: number,
  noise: number,
  random: () => number,
): readonly MadeRun[] {
  const levels = medians.map((median) => Math.log(median));
  const places = new Map(first.map(({ id }, at) => [id, at]));
  let id = 0;
  let jobs = first;
  return Array.from({ length: count }, (_, run) => {
    const at = START + run * RUN_EVERY_MS;
    if (random() < EDIT_CHANCE) jobs = edited(jobs, random);
    const shared = SHARED_SPREAD * noise * normalDraw(random);
    const ends: number[] = [];
    const observed = jobs.map((job, place): ObservedJob => {
      if (random() < JUMP_CHANCE) levels[place] = (levels[place] ?? 0) + JUMP_SPREAD * normalDraw(random);
      const seconds = Math.exp((levels[place] ?? 0) + shared + noise * normalDraw(random));
      const queue = QUEUE_MEDIAN_SECONDS * Math.exp(QUEUE_SPREAD * normalDraw(random));
      const createdAt = Math.max(at, ...job.needs.map((need) => ends[places.get(need) ?? -1] ?? at));
      const startedAt = createdAt + 1_000 * queue;
      const endedAt = startedAt + 1_000 * seconds;
      ends.push(endedAt);
      id += 1;
      const path = 'ci.yml';
      const labels = ['ubuntu-latest'];
      return {
        id,
        runId: run + 1,
        path,
        name: job.id,
        labels,
        conclusion: 'success',
        createdAt,
        startedAt,
        endedAt,
      };
    });
    const firstStart = Math.min(...observed.map(({ startedAt }) => startedAt));
    return {
      graph: jobs,
      jobs: observed,
      makespan: (Math.max(...ends) - firstStart) / 1_000,
      levels: [...levels],
    };
  });
}

/** What has been learned of each job after these runs. */
export function tracksAfter(runs: readonly MadeRun[]): readonly JobTrack[] {
  const tracks = new Map<string, JobTrack>();
  for (const job of runs.flatMap((run) => run.jobs))
    tracks.set(job.name, updateTrack(tracks.get(job.name) ?? newTrack(job), job));
  return [...tracks.values()];
}
