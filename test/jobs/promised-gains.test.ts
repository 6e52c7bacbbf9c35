import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { criticalPath } from '../../src/jobs/critical-path.ts';
import { matchJobs } from '../../src/jobs/graph.ts';
import { emptyJobs, learnJobs } from '../../src/jobs/learned-jobs.ts';
import type { Suggestion, SuggestionSources } from '../../src/jobs/suggestion.ts';
import { suggestionsFor } from '../../src/jobs/suggestions.ts';
import { mean } from '../../src/statistics.ts';
import { readWorkflowFacts } from '../../src/workflow/job-facts.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { normal, seeded } from '../forecast/random.ts';
import { endOf, type Lived, type MadeJob, type MadeRun, observedOf, play } from './made-repository.ts';
import { PATH } from './observed.ts';

/*
 * For each kind of suggestion a made repository: what is promised from forty runs that were seen lies within what
 * applying it brings in the simulator, over repetitions that nothing was learned from.
 */

const STEP = '    runs-on: ubuntu-latest\n    steps: [{ run: make test }]\n';
const RUNS = 40;
const HOUR_SECONDS = 3_600;
const REPETITIONS = 40;

type Draw = (medianSeconds: number) => number;

/** Times of jobs around their medians. */
function drawing(seed: number, spread = 0.1): Draw {
  const random = seeded(seed);
  return (median) => median * Math.exp(spread * normal(random));
}

/** Runs an hour apart. */
function hourly(seed: number, jobs: (draw: Draw, run: number) => readonly MadeJob[], runs = RUNS): MadeRun[] {
  const draw = drawing(seed);
  return Array.from({ length: runs }, (_, run) => ({ at: run * HOUR_SECONDS, jobs: jobs(draw, run) }));
}

/** What is suggested of one kind for a file whose runs were seen. */
function suggested(
  kind: Suggestion['kind'],
  text: string,
  runs: readonly MadeRun[],
  lived: Lived,
  overlap: SuggestionSources['overlap'] = { share: 0, runs: 0, lostShare: 0 },
): Suggestion {
  const file = readWorkflowFile(PATH, text);
  const learned = learnJobs(emptyJobs(), observedOf(lived, runs));
  const graph = matchJobs(file.jobs, Object.values(learned.workflows[PATH]?.jobs ?? {}));
  const options = { at: endOf(lived), random: seeded(7), draws: 400 };
  const path = criticalPath(graph, options);
  if (path === null) throw new Error('Nothing was seen.');
  const found = suggestionsFor({ file, facts: readWorkflowFacts(text), graph, path, options, overlap });
  const one = found.find((suggestion) => suggestion.kind === kind);
  if (one === undefined) throw new Error(`No ${kind} among ${found.map((each) => each.kind).join(', ')}.`);
  return one;
}

/** The middle nine tenths of what a change brings, of worlds that nothing was learned from. */
function interval(gainOf: (seed: number) => number): readonly [low: number, high: number] {
  const gains = Array.from({ length: REPETITIONS }, (_, at) => gainOf(50_000 + at)).sort((a, b) => a - b);
  const at = (share: number): number => gains[Math.round(share * (REPETITIONS - 1))] ?? 0;
  return [at(0.05), at(0.95)];
}

function expectWithin(promised: number, [low, high]: readonly [number, number]): void {
  expect(promised).toBeGreaterThanOrEqual(low);
  expect(promised).toBeLessThanOrEqual(high);
}

const jobText = (jobs: string, on = 'push'): string => `on: ${on}\njobs:\n${jobs}`;

describe('what a suggestion promises comes true in the simulator', () => {
  it('needs', () => {
    const text = jobText(`  lint:\n${STEP}  check:\n    needs: [lint]\n${STEP}`);
    const jobs = (needs: readonly string[]) => (draw: Draw) => [
      { name: 'lint', legs: [draw(300)] },
      { name: 'check', legs: [draw(200)], needs },
    ];
    const runs = hourly(1, jobs(['lint']));
    const { gainSeconds } = suggested('needs', text, runs, play(runs));
    // A run of each: one run is told of, not the mean of many.
    const brought = interval((seed) => {
      const [before] = play(hourly(seed, jobs(['lint']), 1)).makespans;
      const [after] = play(hourly(seed, jobs([]), 1)).makespans;
      return (before ?? 0) - (after ?? 0);
    });
    expectWithin(gainSeconds, brought);
  });

  it('split', () => {
    const text = jobText(`  lint:\n${STEP}  test:\n${STEP}`);
    const jobs = (parts: number, setUp: number) => (draw: Draw) => [
      { name: 'lint', legs: [draw(60)] },
      { name: 'test', legs: new Array<number>(parts).fill(draw(900) / parts + setUp) },
    ];
    const runs = hourly(2, jobs(1, 0));
    const { gainSeconds } = suggested('split', text, runs, play(runs));
    const brought = (setUp: number) =>
      interval((seed) => {
        const [before] = play(hourly(seed, jobs(1, 0), 1)).makespans;
        const [after] = play(hourly(seed, jobs(2, setUp), 1)).makespans;
        return (before ?? 0) - (after ?? 0);
      });
    expectWithin(gainSeconds, brought(0));
    // It is promised as the most: the set-up of the parts comes off.
    expect(gainSeconds).toBeGreaterThan(brought(120)[1]);
  });

  it('timeout-minutes', () => {
    const text = jobText(`  build:\n${STEP}`);
    const hangs = (seed: number) => seeded(seed)() < 0.5;
    const jobs = (timeout?: number) => (draw: Draw, run: number) => [
      {
        name: 'build',
        legs: [hangs(run + 900) ? Number.MAX_SAFE_INTEGER : draw(600)],
        ...(timeout === undefined ? {} : { timeout }),
      },
    ];
    const seen = hourly(3, (draw) => [{ name: 'build', legs: [draw(600)] }]);
    const { insertion, gain } = suggested('timeout', text, seen, play(seen));
    const minutes = insertion?.value ?? 0;
    expect(gain).toContain(`for ${minutes} minutes instead of 360`);
    const [before, after] = [play(hourly(4, jobs(), 60)), play(hourly(4, jobs(60 * minutes), 60))];
    const hung = before.legs.filter(({ isCut }) => isCut).length;
    expect(hung).toBeGreaterThan(10);
    // Every hang is that much shorter, and no run that would have passed is cut off.
    expect((before.runnerSeconds - after.runnerSeconds) / 60 / hung).toBeCloseTo(360 - minutes, 6);
    const good = play(
      hourly(5, (draw) => [{ name: 'build', legs: [draw(600)], timeout: 60 * minutes }], 1_000),
    );
    expect(good.legs.filter(({ isCut }) => isCut)).toEqual([]);
  });

  it('max-parallel', () => {
    const strategy = '    strategy:\n      matrix: { shard: [1, 2, 3, 4, 5, 6, 7, 8] }\n';
    const text = jobText(`  build:\n${strategy}${STEP}`);
    /** A matrix, and a moment later a job of another workflow. */
    const runs = (seed: number, count: number, maxParallel?: number): MadeRun[] => {
      const draw = drawing(seed, 0.05);
      return Array.from({ length: count }, (_, run) => {
        const limit = maxParallel === undefined ? {} : { maxParallel };
        const legs = Array.from({ length: 8 }, () => draw(300));
        return [
          { at: run * HOUR_SECONDS, jobs: [{ name: 'build', legs, ...limit }] },
          { at: run * HOUR_SECONDS + 1, jobs: [{ name: 'other', legs: [60] }] },
        ];
      }).flat();
    };
    const seen = runs(6, RUNS);
    const { insertion, gain } = suggested('max-parallel', text, seen, play(seen, 4));
    const promised = 60 * Number(/up to (\d+) minutes/.exec(gain)?.[1]);
    const waitOf = ({ legs }: Lived): number =>
      mean(
        legs.flatMap(({ job, queuedAt, startedAt }) => (job.name === 'other' ? [startedAt - queuedAt] : [])),
      );
    const brought = interval(
      (seed) => waitOf(play(runs(seed, 1), 4)) - waitOf(play(runs(seed, 1, insertion?.value), 4)),
    );
    // It is told in whole minutes.
    expectWithin(promised, [brought[0] - 30, brought[1] + 30]);
    const longer = interval((seed) => {
      const matrix = ({ makespans }: Lived): number => makespans[0] ?? 0;
      return matrix(play(runs(seed, 1, insertion?.value), 4)) - matrix(play(runs(seed, 1), 4));
    });
    // It ends no later, but for the one short job that goes first.
    expect(longer[1]).toBeLessThanOrEqual(60);
  });

  it('concurrency', () => {
    const text = jobText(`  build:\n${STEP}`);
    /** Pushes to one branch, half of them while the last run goes on. */
    const runs = (seed: number, count: number, cancels: boolean): MadeRun[] => {
      const [draw, random] = [drawing(seed), seeded(seed + 1)];
      let at = 0;
      return Array.from({ length: count }, () => {
        at += random() < 0.5 ? 100 + 400 * random() : 2_000;
        return { at, jobs: [{ name: 'build', legs: [draw(600)] }], cancels };
      });
    };
    const seen = runs(8, RUNS, false);
    const lived = play(seen);
    const ends = seen.map(({ at }, run) => at + (lived.makespans[run] ?? 0));
    const left = seen.map(({ at }, run) => Math.max(0, (ends[run - 1] ?? 0) - at));
    const overlap = {
      runs: RUNS,
      share: left.filter((seconds) => seconds > 0).length / RUNS,
      lostShare: left.reduce((sum, one) => sum + one, 0) / lived.runnerSeconds,
    };
    const { gain } = suggested('concurrency', text, seen, lived, overlap);
    const promised = Number(/About ([\d.]+) minutes/.exec(gain)?.[1]);
    const brought = interval((seed) => {
      const saved = play(runs(seed, RUNS, false)).runnerSeconds - play(runs(seed, RUNS, true)).runnerSeconds;
      return saved / 60 / RUNS;
    });
    expectWithin(promised, brought);
  });

  it('a sparser schedule', () => {
    const jobs = `  look:\n${STEP}  act:\n    needs: look\n${STEP}`;
    const text = jobText(jobs, "\n  schedule:\n    - cron: '7 * * * *'");
    const made = (seed: number, cron: string, days: number): MadeRun[] => {
      const draw = drawing(seed);
      const ticks = ticksBetween(parseCron(cron), 'UTC', 0, days * 86_400_000);
      return [...ticks].map((tick) => ({
        at: tick / 1_000,
        jobs: [
          { name: 'look', legs: [draw(110)] },
          { name: 'act', legs: [30], needs: ['look'], skipped: true },
        ],
      }));
    };
    const seen = made(9, '7 * * * *', 2);
    const { gain, sentence } = suggested('rhythm', text, seen, play(seen));
    const sparser = /: `([^`]+)`/.exec(sentence)?.[1] ?? '';
    const billed = ({ legs }: Lived): number =>
      legs.reduce((sum, { startedAt, endedAt }) => sum + Math.ceil((endedAt - startedAt) / 60), 0);
    const month = 365.25 / 12;
    const brought = interval((seed) => {
      const days = 4;
      const saved = billed(play(made(seed, '7 * * * *', days))) - billed(play(made(seed + 1, sparser, days)));
      return (saved * month) / days;
    });
    expectWithin(Number(/About (\d+) minutes/.exec(gain)?.[1]), brought);
  });
});
