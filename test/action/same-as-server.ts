import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HistoryEvent } from '../../src/demo/history.ts';
import { jobView, runView } from '../../src/demo/payloads.ts';
import { webhookOf } from '../../src/demo/replay.ts';
import { RUN_TABLE } from '../../src/store/lowdb/run-table.ts';
import { type RunningApp, withApp } from '../e2e/harness.ts';
import { DAILY_WORKFLOWS } from '../e2e/story.ts';
import { DAY_MS, FIRST_DAY, HOUR_MS, historyAt, type World, withWorld } from './harness.ts';

/** What a server and an Action have come to, each on a GitHub of its own where the same has happened. */
export interface Lives {
  readonly server: Learned;
  readonly action: Learned;
  /** Of all files on the state branch in the end. */
  readonly stateBytes: number;
  /** Of each step of the Action. */
  readonly steps: readonly { readonly calls: number; readonly learned: number; readonly scheduled: number }[];
}

const Learned = z.object({
  runs: z.array(z.unknown()),
  decisions: z.array(z.unknown()),
  strategies: z.array(z.unknown()),
  streams: z.unknown(),
  schedules: z.unknown(),
});
type Learned = z.infer<typeof Learned>;

const Decisions = z.array(
  z.looseObject({
    schedules: z.array(z.looseObject({ alternatives: z.unknown() })),
    strategies: z.unknown().optional(),
  }),
);
/** Decisions of which the Action keeps every schedule. */
const WHOLE = 3;

/** What both keep of a decision: the Action drops alternatives, and of older ones the schedules. */
function kept(
  { schedules, strategies: _, ...head }: z.infer<typeof Decisions>[number],
  at: number,
  all: readonly unknown[],
): unknown {
  if (at < all.length - WHOLE) return head;
  return { ...head, schedules: schedules.map(({ alternatives: __, ...schedule }) => schedule) };
}

const CONFIG = 'mode: suggest\nmin-confidence: 0.3\n';

/** One step of the Action; gives its outputs and what it said. */
export type RunStep = (world: World) => Promise<{ readonly calls: number; readonly said: string }>;

/** Lives the same days twice: as webhooks to a server, and as steps of a workflow every so many hours. */
export async function liveTwice(days: number, everyHours: number, runStep: RunStep): Promise<Lives> {
  let server: Learned | undefined;
  await withApp({ workflows: DAILY_WORKFLOWS, config: CONFIG }, async (app) => {
    const context = await app.payloadContext();
    const end = FIRST_DAY + days * DAY_MS;
    const told = (await historyOf(app, days)).filter(({ run }) => run.endedAt <= end);
    for (const event of toldInOrder(told)) {
      // GitHub lists whole seconds.
      app.clock.set(Math.floor(event.at / 1_000) * 1_000);
      if (event.kind === 'completed') {
        const jobs = event.run.jobs.map((job) => jobView(event.run, job, context));
        app.emulated.runs.record(runView('completed', event.run, context), jobs);
      }
      const { name, payload } = webhookOf(event, context);
      await app.send({ event: name, payload });
      await app.idle();
    }
    const { id } = app.emulated.repository;
    await app.idle();
    await app.server.stop();
    const directory = join(app.dataDirectory, 'repositories', String(id));
    server = await learnedOf((name) => readFile(join(directory, name), 'utf8'));
  });
  const steps: Lives['steps'][number][] = [];
  let action: Learned | undefined;
  let stateBytes = 0;
  await withWorld({ config: CONFIG, workflows: DAILY_WORKFLOWS }, async (world) => {
    const events = await world.history(days);
    let before = FIRST_DAY - 1;
    for (let at = FIRST_DAY; at <= FIRST_DAY + days * DAY_MS; at += everyHours * HOUR_MS) {
      world.clock.set(at);
      world.live(events);
      const { calls, said } = await runStep(world);
      const scheduled = events.filter(
        ({ kind, at: ended, run }) =>
          kind === 'completed' && run.event === 'schedule' && ended > before && ended <= at,
      ).length;
      steps.push({ calls, learned: Number(/(\d+) runs were learned/.exec(said)?.[1] ?? 0), scheduled });
      before = at;
    }
    action = await learnedOf(async (name) => (await world.document(name)) ?? '{}');
    stateBytes = await world.stateBytes();
  });
  if (server === undefined || action === undefined) throw new Error('A life ended without anything learned.');
  return { server, action, steps, stateBytes };
}

/** As in the other life: the same commit, the same chance. */
async function historyOf({ as, where }: RunningApp, days: number): Promise<readonly HistoryEvent[]> {
  const { data } = await as('maintainer').rest.repos.getBranch({ ...where, branch: 'main' });
  return historyAt(data.commit.sha, 'maintainer', days, DAILY_WORKFLOWS);
}

/**
 * A webhook of a job may come after that of its run; whoever reads lists knows the jobs of every run that has ended.
 */
function toldInOrder(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const rank = { requested: 0, job: 1, completed: 2 } as const;
  const endOf = ({ run, kind, at }: HistoryEvent): number =>
    kind === 'job' ? Math.min(at, run.endedAt) : at;
  return events.toSorted((a, b) => endOf(a) - endOf(b) || a.run.id - b.run.id || rank[a.kind] - rank[b.kind]);
}

async function learnedOf(read: (name: string) => Promise<string>): Promise<Learned> {
  const json = async (name: string): Promise<Record<string, unknown>> => JSON.parse(await read(name));
  const { runs } = z
    .object({ runs: z.array(z.unknown()) })
    .parse(RUN_TABLE.fromStored(await json('runs.json')));
  const { decisions } = await json('decisions.json');
  const { strategies } = await json('learned_strategies.json');
  const { streams, schedules } = await json('learned.json');
  return Learned.parse({
    runs,
    decisions: Decisions.parse(decisions).map(kept),
    strategies,
    streams,
    schedules,
  });
}
