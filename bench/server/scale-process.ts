import type { Run } from '../../src/history/run.ts';
import type { Storage } from '../../src/serve/storage.ts';
import { benchRepository } from './context.ts';
import { jobOf, plannedRun, repositoryId, type Traffic, WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { openBenchStorage } from './open-storage.ts';

/**
 * Opens a store, works off some runs past the HTTP side, and tells what that cost. An older checkout is asked the same,
 * so `open` on files, `work` and `memory` are to stay as they are.
 */
export type ScaleOrder =
  | {
      readonly kind: 'open';
      readonly directory: string;
      readonly newRepositories: number;
      /** The database; files where it is not given. */
      readonly url?: string;
      /** Past runs that each new repository has, kept and not learned. */
      readonly pastRuns?: number;
    }
  | { readonly kind: 'work'; readonly traffic: Traffic; readonly runs: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'close' };

export interface Opened {
  readonly startMs: number;
}
export interface Worked {
  readonly microsecondsAnEvent: number;
  readonly cpuMicrosecondsAnEvent: number;
}
export interface Memory {
  readonly rssBytes: number;
}

/** Deliveries accepted and not yet worked off, at most: about what as many connections bring. */
const IN_FLIGHT = 50;

let opened: Storage | undefined;

async function open(order: Extract<ScaleOrder, { kind: 'open' }>): Promise<Opened> {
  const started = performance.now();
  opened = await openBenchStorage({ directory: order.directory, url: order.url, learns: true });
  const startMs = performance.now() - started;
  const now = Date.now();
  for (let index = 0; index < order.newRepositories; index += 1) {
    const { id, change } = benchRepository(index, now);
    const runs = pastRunsOf(index, order.newRepositories, order.pastRuns ?? 0, now);
    await opened.store.apply(id, runs.length === 0 ? change : { ...change, runs });
  }
  return { startMs };
}

/** The first runs of the traffic that are the repository's, as they are kept. */
function pastRunsOf(index: number, repositories: number, count: number, now: number): readonly Run[] {
  const traffic = {
    repositories,
    workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
    burst: WORKFLOWS_PER_REPOSITORY,
    from: 0,
  };
  return Array.from({ length: count }, (_, ordinal) => {
    const turn = Math.floor(ordinal / traffic.burst) * repositories + index;
    const run = plannedRun(traffic, turn * traffic.burst + (ordinal % traffic.burst), now);
    if (run.repositoryId !== repositoryId(index)) throw new Error('A past run is of another repository.');
    return {
      id: run.id,
      attempt: 1,
      workflowId: 1 + (ordinal % WORKFLOWS_PER_REPOSITORY),
      path: run.path,
      event: run.event,
      headSha: run.headSha,
      headBranch: 'main',
      actor: 'Codertocat',
      createdAt: run.createdAt,
      startedAt: run.createdAt,
      endedAt: run.endedAt,
      conclusion: run.conclusion,
      jobsStartedAt: null,
      jobsEndedAt: null,
      durationSeconds: (run.endedAt - run.createdAt) / 1_000,
      queueSeconds: null,
      scheduleKey: null,
      tick: null,
      ambiguous: false,
    };
  });
}

async function work({ queue }: Storage, traffic: Traffic, runs: number): Promise<Worked> {
  const now = Date.now();
  let spentMs = 0;
  let spentCpu = 0;
  for (let done = 0; done < runs; done += IN_FLIGHT) {
    const count = Math.min(IN_FLIGHT, runs - done);
    // Making them is not what is measured.
    const jobs = Array.from({ length: count }, (_, index) =>
      jobOf(traffic, traffic.from + done + index, now),
    );
    const started = performance.now();
    const cpu = process.cpuUsage();
    await Promise.all(jobs.map((job) => queue.accept(job)));
    await queue.idle();
    spentMs += performance.now() - started;
    const used = process.cpuUsage(cpu);
    spentCpu += used.user + used.system;
  }
  return { microsecondsAnEvent: (spentMs * 1_000) / runs, cpuMicrosecondsAnEvent: spentCpu / runs };
}

async function answer(order: ScaleOrder): Promise<unknown> {
  if (order.kind === 'open') return open(order);
  if (opened === undefined) throw new Error('Nothing is open.');
  if (order.kind === 'work') return work(opened, order.traffic, order.runs);
  if (order.kind === 'memory') {
    globalThis.gc?.();
    return { rssBytes: process.memoryUsage.rss() } satisfies Memory;
  }
  await opened.close();
  return null;
}

process.on('message', (order: ScaleOrder) => {
  void answer(order).then(
    (reply) => {
      process.send?.(reply);
      if (order.kind === 'close') process.disconnect();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// The bench may have been stopped.
process.on('disconnect', () => process.exit());
