/**
 * How fast `predict` answers on a large repository: `npm run bench:predict [-- WORKFLOWS RUNS_EACH]`.
 * The history is generated and learned in front of the clock; asked is as every door asks, through the operation.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOperation } from '../src/operations/table.ts';
import { createPlanner } from '../src/serve/planner.ts';
import type { Context } from '../src/usecases/context.ts';
import { learnHistory } from '../src/usecases/learning/learn-history.ts';
import { scheduleVersion } from '../src/usecases/learning/schedule-version.ts';
import { filesOf, memoryContext, NOW, pathOf, profileOf, runsOf, seeded } from './doors/repositories.ts';

const WORKFLOWS = 1_000;
const RUNS_EACH = 500;
const QUESTIONS = 5_000;
const REPOSITORY = 1;

function contextOf(workflows: number, each: number): Context {
  const files = filesOf(workflows);
  const version = scheduleVersion({ sha: 'head', files }, NOW);
  const runs = runsOf(workflows, each);
  const started = performance.now();
  const { learned } = learnHistory(runs, version);
  console.log(`learned ${runs.length} runs in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  const filled = { profile: profileOf(REPOSITORY), runs, learned, scheduleVersions: [version] };
  return memoryContext(files, { now: () => NOW }, new Map([[REPOSITORY, filled]]));
}

function quantile(sorted: readonly number[], level: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))] ?? Number.NaN;
}

async function timed(context: Context, name: string, input: object): Promise<number> {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`There is no ${name}.`);
  const started = performance.now();
  await operation.answer(input, { context, repositoryId: REPOSITORY, actor: null });
  return performance.now() - started;
}

/** As a server plans: the answer takes as long, and the event loop goes on. */
async function besideTheLoop(context: Context): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // The first samples are those of its own start.
  await sleep(100);
  delay.reset();
  const took = await timed({ ...context, planning: createPlanner() }, 'predict', { workflow: pathOf(0) });
  delay.disable();
  console.log(
    `the same, planned in a thread: ${took.toFixed(0)} ms; the event loop was held ` +
      `${(delay.max / 1e6).toFixed(0)} ms at most`,
  );
}

async function main(workflows: number, each: number): Promise<void> {
  const context = contextOf(workflows, each);
  const cold = await timed(context, 'predict', { workflow: pathOf(0) });
  console.log(`predict without a planning round: ${cold.toFixed(0)} ms`);
  await besideTheLoop(context);
  console.log(`optimize: ${(await timed(context, 'optimize', {})).toFixed(0)} ms`);
  const random = seeded(2);
  const milliseconds: number[] = [];
  for (let at = 0; at < QUESTIONS; at += 1) {
    const workflow = pathOf(Math.floor(random() * workflows));
    milliseconds.push(await timed(context, 'predict', { workflow }));
  }
  milliseconds.sort((a, b) => a - b);
  const shown = [0.5, 0.9, 0.99, 0.999, 1].map(
    (level) => `p${100 * level} ${quantile(milliseconds, level).toFixed(2)}`,
  );
  console.log(
    `predict, ${workflows} workflows × ${each} runs, ${QUESTIONS} questions: ${shown.join(' · ')} ms`,
  );
  for (const name of ['batch', 'insights', 'history', 'accuracy', 'health', 'report']) {
    console.log(`${name}: ${(await timed(context, name, {})).toFixed(1)} ms`);
  }
}

await main(Number(process.argv[2] ?? WORKFLOWS), Number(process.argv[3] ?? RUNS_EACH));
