import { latenessPoolChange } from '../../src/forecast/lateness-pool-change.ts';
import { learnRun } from '../../src/forecast/learn.ts';
import type { Run } from '../../src/history/run.ts';
import type { AcceptedJob, Job } from '../../src/queue/queue.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import type { RepositoryProfile, Store } from '../../src/usecases/ports.ts';

export const REPOSITORIES = 200;
const START = Date.parse('2026-11-02T00:00:00Z');

function profile(id: number): RepositoryProfile {
  const named = { owner: 'acme', name: `repository-${id}`, defaultBranch: 'main' };
  return newProfile({ id, installationId: 9, ...named, archived: false, fork: false, private: false });
}

function run(id: number): Run {
  const createdAt = START + id * 60_000;
  return {
    id,
    attempt: 1,
    workflowId: id % 5,
    path: `.github/workflows/job-${id % 5}.yml`,
    event: 'schedule',
    headSha: 'a'.repeat(40),
    headBranch: 'main',
    actor: 'octocat',
    createdAt,
    startedAt: createdAt,
    endedAt: createdAt + 60_000 + (id % 7) * 1_000,
    conclusion: 'success',
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: 60 + (id % 7),
    queueSeconds: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
  };
}

/** A run of the repository, finished and not seen before. */
export function delivery(id: number, repositoryId: number): Job {
  return {
    deliveryId: `delivery-${id}`,
    event: 'workflow_run',
    group: `repository:${repositoryId}`,
    repositoryId,
    payload: run(id),
    keys: [`workflow_run:${id}`],
    acceptedAt: Date.now(),
  };
}

/** What observing a finished run does to the store: one run, the learned state, the pool. */
export async function observe(
  store: Pick<Store, 'load' | 'apply' | 'loadLatenessPool'>,
  job: AcceptedJob,
): Promise<void> {
  const id = job.repositoryId ?? 0;
  const state = await store.load(id);
  if (state === undefined) return store.apply(id, { profile: profile(id) });
  const pool = await store.loadLatenessPool();
  const seen = job.payload as Run;
  const entries = [{ key: `${seen.path}#0`, path: seen.path, cron: '0 3 * * *', timezone: 'UTC' }];
  const { outcome, change, pool: after } = learnRun(state.learned, pool, seen, entries);
  const latenessPool = latenessPoolChange(pool, after ?? pool);
  await store.apply(id, {
    runs: [outcome.run],
    learned: change,
    ...(latenessPool === null ? {} : { latenessPool }),
    population: state.population,
  });
}
