import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_GENES, Genes } from '../../../src/genes/genes.ts';
import { findOperation } from '../../../src/operations/table.ts';
import { startInProcessTimers } from '../../../src/queue/in-process-timers.ts';
import type { Job, Queue } from '../../../src/queue/queue.ts';
import { Accuracy } from '../../../src/render/accuracy.ts';
import { renderReport } from '../../../src/render/report.ts';
import { toTerminal } from '../../../src/render/to-terminal.ts';
import { maintenanceTask } from '../../../src/serve/timed-tasks.ts';
import { openLowdbStore } from '../../../src/store/lowdb/lowdb-store.ts';
import { emptyPopulation, MOST_STRATEGIES, recordForecasts } from '../../../src/strategy/population.ts';
import type { StrategyPopulation } from '../../../src/strategy/strategy.ts';
import { accuracyScore, performance } from '../../../src/strategy/track-record.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { evolveRepository } from '../../../src/usecases/learning/evolve-repository.ts';
import { importLearning } from '../../../src/usecases/learning/move-learning.ts';
import { planRepository } from '../../../src/usecases/planning/plan-repository.ts';
import { reportView } from '../../../src/usecases/questions/report-view.ts';
import { clock, keepingLog } from '../../store/sample.ts';
import { fakeContext, SEEN } from '../fakes.ts';
import { liveThrough } from '../learned-repository.ts';

/** The twelve things that the systems before this one promised of their learning, each in its present shape. */

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-behaviours-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A repository after so many daily runs. */
async function lived(days: number) {
  const files = [
    {
      path: '.github/workflows/nightly.yml',
      text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\njobs: { a: { runs-on: builders } }\n',
    },
    {
      path: '.github/workflows/backup.yml',
      text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\njobs: { a: { runs-on: builders } }\n',
    },
  ];
  const fake = fakeContext({ files });
  await meetRepository(fake.context, SEEN);
  await liveThrough(fake.context, days);
  const state = () => {
    const known = fake.store.states.get(SEEN.id);
    if (known === undefined) throw new Error('The repository is not known.');
    return known;
  };
  return { ...fake, state };
}

/** A population after forecasts with these relative errors, of runs of 100 seconds. */
function forecastWith(errors: readonly number[]): StrategyPopulation {
  return errors.reduce<StrategyPopulation>(
    (population, error, at) =>
      recordForecasts(
        population,
        [
          {
            strategy: 'default',
            predictedSeconds: 100 * (1 + error),
            actualSeconds: 100,
            insideInterval: true,
          },
        ],
        at,
      ),
    emptyPopulation(0),
  );
}

const only = ({ strategies }: StrategyPopulation) => {
  const [strategy] = strategies;
  if (strategy === undefined) throw new Error('The population is empty.');
  return strategy;
};

describe('the twelve behaviours', () => {
  it('1 parameters: four, with their first defaults, each within [0, 1]', async () => {
    const { state } = await lived(0);
    expect(only(state().population).parameters).toEqual({
      success_weight: 0.4,
      failure_penalty: 0.2,
      recency_bias: 0.3,
      exploration_rate: 0.1,
    });
    expect(Genes.safeParse({ ...DEFAULT_GENES, recency_bias: 1.01 }).success).toBe(false);
    expect(Genes.safeParse({ ...DEFAULT_GENES, recency_bias: -0.01 }).success).toBe(false);
  });

  it('2 creation: a strategy begins with a name, its genes and an empty record, and forecasts from the next run on', async () => {
    const { context, state } = await lived(5);
    const bold = { ...only(emptyPopulation(0)), name: 'bold', generation: 2 };
    await importLearning(context, SEEN.id, { version: 1, strategies: [bold], priors: null });
    const created = () => state().population.strategies.find(({ name }) => name === 'bold');
    expect(created()).toMatchObject({
      generation: 2,
      parameters: DEFAULT_GENES,
      trend: 'stable',
      performance_history: { total: 0, recent: [] },
    });
    // The first five are known already; the sixth is new.
    await liveThrough(context, 6);
    expect(created()?.performance_history.total).toBe(1);
  });

  it.each([
    ['declining', 0.05, 0.4],
    ['improving', 0.4, 0.05],
    ['stable', 0.2, 0.2],
  ] as const)('3 trend: %s where errors go from %d to %d', (trend, before, after) => {
    const errors = Array.from({ length: 40 }, (_, at) => (at < 20 ? before : after) + 0.001 * (at % 7));
    expect(only(forecastWith(errors)).trend).toBe(trend);
  });

  it('4 scheduler start: work that is due begins with the process, once for each repository', async () => {
    const { store, log } = await lived(1);
    const accepted: Job[] = [];
    const queue: Queue = {
      async accept(job) {
        accepted.push(job);
        return 'accepted';
      },
      reject: async () => {},
      deadLetters: async () => [],
      redrive: async () => false,
      drop: async () => false,
      idle: async () => {},
      drain: async () => {},
      stats: () => ({ waiting: accepted.length, running: 0, deadLetters: 0, oldestAgeSeconds: 0 }),
    };
    const timers = await startInProcessTimers({
      directory: await temporaryDirectory(),
      tasks: [maintenanceTask({ store, queue, clock })],
      clock,
      log,
    });
    await timers.caughtUp;
    await timers.stop();
    expect(accepted).toMatchObject([{ repositoryId: SEEN.id, group: `repository:${SEEN.id}` }]);
  });

  it('5 persistence: what was learned outlives the process', async () => {
    const directory = await temporaryDirectory();
    const open = () => openLowdbStore({ directory, log: keepingLog(), clock });
    const first = await open();
    await liveThrough(fakeContext({}, { store: first }).context, 30);
    const before: unknown = JSON.parse(JSON.stringify(await first.load(SEEN.id)));
    await first.close();
    const second = await open();
    cleanups.push(() => second.close());
    const after = await second.load(SEEN.id);
    expect(after?.population.runsLearned).toBe(29);
    expect(JSON.parse(JSON.stringify(after))).toEqual(before);
  });

  it('6 learning log: every change of genes stands in it with before, after and why, in order', async () => {
    const { state } = await lived(30);
    const { learningLog, population } = state();
    const adapted = learningLog.filter(({ kind }) => kind === 'adapted');
    expect(adapted.length).toBeGreaterThan(2);
    let genes: Genes = DEFAULT_GENES;
    for (const { before, after, why } of adapted) {
      for (const [name, value] of Object.entries(before ?? {})) {
        expect(value).toBeCloseTo(genes[name as keyof Genes], 3);
      }
      expect(after).not.toEqual(before);
      expect(why).toMatch(/^After .+: .+ → .+\.$/);
      genes = after ?? genes;
    }
    expect(only(population).parameters).toEqual(genes);
  });

  it('7 accuracy: 100 less the mean error, in buckets, as /accuracy says it', async () => {
    // One of each bucket; the last counts as 100 %: (5 + 20 + 40 + 100) / 4 = 41.25.
    const { performance_history } = only(forecastWith([0.05, 0.2, 0.4, 2]));
    expect(performance_history).toMatchObject({ excellent: 1, good: 1, fair: 1, poor: 1 });
    expect(accuracyScore(performance_history)).toBeCloseTo(58.75, 10);
    expect(performance_history.mapePercent).toBeCloseTo(66.25, 10);
    expect(performance_history.maeSeconds).toBeCloseTo(66.25, 10);
    const { context } = await lived(40);
    const answer = await findOperation('accuracy')?.answer(
      {},
      { context, repositoryId: SEEN.id, actor: 'mona' },
    );
    const accuracy = Accuracy.parse(answer?.data);
    expect(accuracy.predictions).toBe(39);
    expect(accuracy.accuracy_score).toBeGreaterThan(70);
  });

  it('8 performance: excellent counts 1, good 0.7, fair 0.4, poor nothing', () => {
    expect(performance(only(forecastWith([0.05, 0.2, 0.4, 2])).performance_history)).toBeCloseTo(0.525, 10);
  });

  it('9 adaptation: a failure raises its price, and quiet days take it back', async () => {
    // The tenth run fails.
    const { context, state } = await lived(10);
    const price = () => only(state().population).parameters.failure_penalty;
    const raised = price();
    expect(raised).toBeGreaterThan(DEFAULT_GENES.failure_penalty);
    await liveThrough(context, 19);
    expect(price()).toBeLessThan(raised);
  });

  it('10 schedule generation: a round plans a cron for each schedule, with its reasons', async () => {
    const { context, state } = await lived(40);
    await liveThrough(context, 40, 2, '.github/workflows/backup.yml');
    const result = await planRepository(context, { repositoryId: SEEN.id, trigger: 'command' });
    if (result.kind !== 'decided') throw new Error(result.kind);
    const { schedules, strategy } = result.decision;
    expect(strategy).toBe('default');
    expect(schedules.map(({ path }) => path).toSorted()).toEqual([
      '.github/workflows/backup.yml',
      '.github/workflows/nightly.yml',
    ]);
    // Two that begin at the same minute: a plan parts them, or says why not.
    expect(schedules.some(({ to, cron }) => to !== cron)).toBe(true);
    for (const { to, reasons } of schedules) {
      expect(to.split(' ')).toHaveLength(5);
      expect(reasons.length).toBeGreaterThan(0);
    }
    expect(state().decisions.at(-1)?.id).toBe(result.decision.id);
  });

  it('11 evolution: comes by itself with the runs, tries children, and never loses the default', async () => {
    const { state } = await lived(50);
    expect(state().population.lastEvolution).toBeUndefined();
    const later = await lived(160);
    const { population, learningLog } = later.state();
    expect(population.runsAtLastEvolution).toBe(150);
    expect(population.lastEvolution?.events.length).toBeGreaterThan(3);
    const tried = learningLog.filter(({ kind }) => kind === 'evolved' || kind === 'refused');
    expect(tried.length).toBeGreaterThan(population.lastEvolution?.events.length ?? 0);
    expect(population.strategies.some(({ name }) => name === 'default')).toBe(true);
    expect(population.strategies.length).toBeLessThanOrEqual(MOST_STRATEGIES);
  });

  it('12 report: totals, buckets, strategies, and each child that evolution tried', async () => {
    const { context, state } = await lived(70);
    await evolveRepository(context, SEEN.id);
    const text = toTerminal(renderReport(reportView(context, state(), null)));
    const { performance_history: record } = only(state().population);
    expect(text).toContain(`${record.excellent} / ${record.good} / ${record.fair} / ${record.poor}`);
    expect(text).toContain('Strategy in use: default. 69 forecasts');
    const events = state().population.lastEvolution?.events ?? [];
    expect(events.length).toBeGreaterThan(3);
    const flat = text.replaceAll(/\s+/g, ' ');
    for (const { strategy, why } of events) {
      expect(flat.split(`${strategy}: ${why}`)).toHaveLength(2);
      expect(flat).not.toContain(`refused: ${why}`);
    }
  });
});
