/**
 * Whether a decision costs the same however much a repository has lived through: `npm run bench:scale [-- MOST_RUNS]`.
 * Runs are learned as in production (evolution included) and kept within the store's bounds; at each power of ten,
 * planning rounds are held and the process is weighed. Times are the processor's: the machine may do other things.
 */
import { observeRun } from '../src/usecases/learning/observe-run.ts';
import { planRepository } from '../src/usecases/planning/plan-repository.ts';
import { endedRun, filesOf, memoryContext, NOW, profileOf, seeded } from './doors/repositories.ts';

const MOST_RUNS = 1_000_000;
const FEWEST_RUNS = 1_000;
const WORKFLOWS = 20;
const REPOSITORY = 1;
const ROUNDS = 9;
/** Runs over which the cost of learning one is taken at each size. */
const SAMPLE = 1_000;
const BETWEEN_RUNS_MS = 600_000;

async function processorMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function main(most: number): Promise<void> {
  const clock = { at: NOW, now: () => clock.at };
  const context = memoryContext(filesOf(WORKFLOWS), clock);
  const random = seeded(5);
  let learned = 0;
  const learn = async (runs: number): Promise<void> => {
    for (let left = runs; left > 0; left -= 1) {
      learned += 1;
      clock.at += BETWEEN_RUNS_MS;
      const run = endedRun(learned, learned % WORKFLOWS, clock.at - 900_000 * random(), random);
      await observeRun(context, profileOf(REPOSITORY), run);
    }
  };
  const decisions: number[] = [];
  for (let size = FEWEST_RUNS; size <= most; size *= 10) {
    const sample = Math.min(SAMPLE, size - learned);
    await learn(size - learned - sample);
    const perRun = (await processorMs(() => learn(sample))) / sample;
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(
        await processorMs(() => planRepository(context, { repositoryId: REPOSITORY, trigger: 'run' })),
      );
    }
    decisions.push(middle(rounds));
    const state = await context.store.load(REPOSITORY);
    console.log(
      `${learned.toLocaleString('en')} runs, ${state?.runs.length ?? 0} kept one by one: a decision ` +
        `${middle(rounds).toFixed(1)} ms, ` +
        `one more run ${(1_000 * perRun).toFixed(0)} µs, RSS ${Math.round(process.memoryUsage.rss() / 1024 / 1024)} MB`,
    );
  }
  const growth = (decisions.at(-1) ?? Number.NaN) / (decisions[0] ?? Number.NaN);
  console.log(`decision at the last size against the first: × ${growth.toFixed(2)}`);
}

await main(Number(process.argv[2] ?? MOST_RUNS));
