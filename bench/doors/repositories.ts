import { parseConfig } from '../../src/config/parse.ts';
import type { Run } from '../../src/history/run.ts';
import { memoryStore } from '../../src/store/memory-store.ts';
import type { Context } from '../../src/usecases/context.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import type { RepositoryChange, RepositoryProfile, SourceFile } from '../../src/usecases/ports.ts';

/** The instant at which generated histories end. */
export const NOW = Date.UTC(2026, 4, 4, 3, 17);
const DAY_MS = 86_400_000;

/** A private repository of that number. */
export function profileOf(id: number): RepositoryProfile {
  return newProfile({
    id,
    installationId: 1,
    owner: 'acme',
    name: `repository-${id}`,
    defaultBranch: 'main',
    archived: false,
    fork: false,
    private: true,
  });
}

/** Reproducible, and good enough to spread durations and outcomes (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Path of the workflow of that number. */
export function pathOf(workflow: number): string {
  return `.github/workflows/workflow-${String(workflow).padStart(4, '0')}.yml`;
}

/** Daily workflows, spread over the day. */
export function filesOf(workflows: number): readonly SourceFile[] {
  return Array.from({ length: workflows }, (_, workflow) => ({
    path: pathOf(workflow),
    text:
      `name: Workflow ${workflow}\non:\n  schedule:\n    - cron: "${workflow % 60} ${workflow % 24} * * *"\n` +
      'jobs:\n  a:\n    runs-on: ubuntu-latest\n',
  }));
}

/** One run of each workflow a day, up to an hour late, in the order of their creation within a day's workflows. */
export function runsOf(workflows: number, each: number): readonly Run[] {
  const random = seeded(1);
  return Array.from({ length: workflows * each }, (_, at) => {
    const workflow = at % workflows;
    const day = each - Math.floor(at / workflows);
    const tick = Date.UTC(2026, 4, 4, workflow % 24, workflow % 60) - day * DAY_MS;
    return endedRun(1_000 + at, workflow, tick + random() * 3_600_000, random);
  });
}

/** A scheduled run of a workflow that has ended, nineteen in twenty successfully. */
export function endedRun(id: number, workflow: number, createdAt: number, random: () => number): Run {
  const durationSeconds = 60 + (workflow % 600) + random() * 60;
  return {
    id,
    attempt: 1,
    workflowId: workflow,
    path: pathOf(workflow),
    event: 'schedule',
    headSha: 'head',
    headBranch: 'main',
    actor: 'mona',
    createdAt,
    startedAt: createdAt,
    endedAt: createdAt + durationSeconds * 1_000,
    conclusion: random() < 0.95 ? 'success' : 'failure',
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds,
    queueSeconds: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
  };
}

/** Repositories in memory with the same workflow files each, as a store and a GitHub that only reads hand them out. */
export function memoryContext(
  files: readonly SourceFile[],
  clock: Context['clock'],
  filled: ReadonlyMap<number, RepositoryChange> = new Map(),
): Context {
  const store = memoryStore([...filled.keys()].map(profileOf), clock.now());
  // In memory everything is done at once.
  for (const [id, change] of filled) void store.apply(id, change);
  const quiet = () => undefined;
  return {
    store,
    github: {
      connect: async () => ({
        appLogin: 'offbeat[bot]',
        writer: null,
        permissionOf: async () => 'write',
        reader: {
          workflowSources: async () => ({ sha: 'head', files }),
          config: async () => parseConfig(''),
          recentCommitTitles: async () => [],
          describe: async () => profileOf(0),
          fileText: async () => null,
          pull: async () => null,
          pullOfBranch: async () => null,
          pullTouches: async () => false,
          commit: async () => ({ author: null, isByBot: false, parents: [], paths: [] }),
          branchHas: async () => false,
        },
      }),
    },
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    emergencyStop: false,
    commands: [],
  };
}
