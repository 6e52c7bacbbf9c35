import { parseConfig } from '../../src/config/parse.ts';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../src/forecast/learn.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { DEFAULT_GENES } from '../../src/genes/genes.ts';
import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import type { StrategyPopulation } from '../../src/strategy/strategy.ts';
import { evolutionDue, evolveOn } from '../../src/usecases/learning/evolve-repository.ts';
import { learnStrategies, mixturesOf } from '../../src/usecases/learning/learn-strategies.ts';
import { decide } from '../../src/usecases/planning/decide.ts';
import { meansForecast } from './original.ts';
import { workflowRun } from './repositories.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;
/** The newest runs that a store hands to evolution. */
const KEPT_RUNS = 1_000;
const DECISIONS_TIMED = 7;

export interface GrowthRow {
  readonly runs: number;
  readonly decisionMs: number;
  /** Learning, recording, adapting and evolving, a run, since the row before. */
  readonly learnMicroseconds: number;
  /** Forecasting all workflows once by the original's rule, which reads all of the history. */
  readonly originalMs: number;
  readonly stateKilobytes: number;
}

/** A repository of so many daily workflows, ever longer at it, with ten strategies in its population. */
export function grow(workflows: number, sizes: readonly number[]): readonly GrowthRow[] {
  const random = seededRandom(workflows);
  const paths = Array.from({ length: workflows }, (_, at) => `.github/workflows/job-${at}.yml`);
  const sources = paths.map((path, at) => ({
    path,
    text:
      `name: Job ${at}\non:\n  schedule:\n    - cron: '${at % 60} ${2 + (at % 5)} * * *'\n` +
      'jobs:\n  job:\n    runs-on: ubuntu-latest\n    steps: []\n',
  }));
  const levels = paths.map(() => Math.log(300) + normalDraw(random));
  const entries = paths.map((path, at) => ({
    key: `${path}#0`,
    path,
    cron: `${at % 60} ${2 + (at % 5)} * * *`,
    timezone: 'UTC',
  }));
  let learning: Learning = { learned: emptyLearned(), pool: emptyLatenessPool() };
  const history = new Map<string, number[]>(paths.map((path) => [path, []]));
  let population = crowd(emptyPopulation(START));
  const newest: ReturnType<typeof workflowRun>[] = [];
  let count = 0;
  const rows: GrowthRow[] = [];
  for (const size of sizes) {
    const begun = process.cpuUsage();
    const before = count;
    for (; count < size; count++) {
      const at = count % workflows;
      const path = paths[at] ?? '';
      const day = Math.floor(count / workflows);
      const tick = START + day * DAY_MS + (2 + (at % 5)) * 60 * MINUTE_MS + (at % 60) * MINUTE_MS;
      const startedAt = tick + (60 + 10 * normalDraw(random)) * MINUTE_MS;
      const seconds = Math.exp((levels[at] ?? 0) + 0.15 * normalDraw(random));
      const run = {
        ...workflowRun({ path, startedAt, seconds, succeeded: random() > 0.05 }),
        id: count + 1,
        event: 'schedule',
      };
      const { own, shadows } = mixturesOf(population);
      const next = learnNext(learning, run, entries.slice(at, at + 1), { shadows, own });
      learning = next;
      population = learnStrategies(population, next.outcome, startedAt).population;
      newest.push(next.outcome.run);
      history.get(path)?.push(seconds);
      if (!evolutionDue(population)) continue;
      newest.splice(0, Math.max(0, newest.length - KEPT_RUNS));
      population = crowd(evolveOn(population, newest, { now: startedAt }).population);
    }
    const { user, system } = process.cpuUsage(begun);
    const learnMicroseconds = (user + system) / (count - before);
    rows.push({
      runs: size,
      learnMicroseconds,
      decisionMs: least(() =>
        decide({
          sources,
          config: parseConfig(''),
          learned: learning.learned,
          pool: learning.pool,
          proposals: [],
          population: { ...population, strategies: population.strategies.slice(0, 1) },
          trigger: 'run',
          decisionsBefore: 0,
          now: START + Math.floor(count / workflows) * DAY_MS,
        }),
      ),
      originalMs: least(() => [...history.values()].map((seconds) => meansForecast(seconds, DEFAULT_GENES))),
      stateKilobytes: JSON.stringify(learning.learned).length / 1024,
    });
  }
  return rows;
}

/** Ten strategies, so that the shadows cost what they cost at most. */
function crowd(population: StrategyPopulation): StrategyPopulation {
  const strategies = [...population.strategies];
  const [first] = strategies;
  while (first !== undefined && strategies.length < 10) {
    const genes = { ...DEFAULT_GENES, success_weight: 0.3 + strategies.length / 50 };
    strategies.push({ ...first, name: `crowd-${strategies.length}`, parameters: genes, home: genes });
  }
  return { ...population, strategies };
}

/** Least processor time of a few goes, ms: other programs of the machine do not count. */
function least(work: () => unknown): number {
  const times = Array.from({ length: DECISIONS_TIMED }, () => {
    const begun = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
