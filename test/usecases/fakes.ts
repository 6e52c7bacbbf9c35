import { parseConfig } from '../../src/config/parse.ts';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { applyLatenessPoolChange } from '../../src/forecast/lateness-pool-change.ts';
import { applyChange } from '../../src/store/apply-change.ts';
import { emptyRepository } from '../../src/store/kept-repository.ts';
import { onTimeRepositories, sharedLoadsOf } from '../../src/store/repositories-in-service.ts';
import type { Context } from '../../src/usecases/context.ts';
import { meetRepository, type SeenRepository } from '../../src/usecases/known-repository.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import type {
  BranchDraft,
  CommitCheck,
  ConnectedRepository,
  ListedWorkflow,
  Permission,
  PullRequestDraft,
  PullStatus,
  RepositoryReader,
  RepositoryState,
  RepositoryWriter,
  RunDispatcher,
  SourceFile,
  Store,
} from '../../src/usecases/ports.ts';
import { sampleRun } from '../history/sample-run.ts';
import { keepingLog } from '../store/sample.ts';

export const NOW = Date.UTC(2026, 4, 4, 3, 17);
export const DAY_MS = 86_400_000;
export const APP_LOGIN = 'offbeat[bot]';

export const SEEN: SeenRepository = {
  id: 1,
  installationId: 9,
  owner: 'acme',
  name: 'site',
  defaultBranch: 'main',
  archived: false,
  fork: false,
  private: false,
};

/** A store that forgets everything with the test. */
export function memoryStore(): Store & { readonly states: Map<number, RepositoryState> } {
  const states = new Map<number, RepositoryState>();
  let pool = emptyLatenessPool();
  return {
    states,
    load: async (id) => states.get(id),
    async apply(id, change) {
      const state = states.get(id);
      const profile = state?.profile ?? change.profile;
      if (profile === undefined) throw new Error('The first change must bring the profile.');
      states.set(id, applyChange({ ...emptyRepository(profile, NOW), ...state }, change));
      if (change.latenessPool !== undefined) pool = applyLatenessPoolChange(pool, change.latenessPool);
    },
    profiles: async () => [...states.values()].map(({ profile }) => profile),
    sharedLoads: async (installationId) => sharedLoadsOf(states.values(), installationId),
    onTimeRepositories: async () => onTimeRepositories(states.values()),
    async delete(id) {
      states.delete(id);
    },
    loadLatenessPool: async () => pool,
    async close() {},
  };
}

/** What was asked of GitHub, in order. */
export interface Written {
  readonly pulls: PullRequestDraft[];
  readonly branches: BranchDraft[];
  readonly comments: { readonly issue: number; readonly body: string }[];
  readonly issues: { readonly title: string; readonly body: string }[];
  readonly closed: { readonly title: string; readonly body: string }[];
  readonly kept: { readonly issue: number; readonly body: string; readonly mark: string }[];
  readonly updated: { readonly pull: number; readonly body: string; readonly close?: boolean }[];
  readonly checks: CommitCheck[];
  readonly reactions: { readonly comment: number; readonly reaction: string }[];
  /** Refs that workflow files were read at; `undefined` for the default branch. */
  readonly read: (string | undefined)[];
  /** Everything that was tried, by name, whether refused or not. */
  readonly tried: string[];
}

export interface FakeRepository {
  sha?: string;
  files?: readonly SourceFile[];
  /** Workflow files of commits that have others. */
  filesAt?: Readonly<Record<string, readonly SourceFile[]>>;
  /** Newest push of the repository, epoch ms. */
  pushedAt?: number;
  /** Environments with required reviewers, and claims of the OIDC `sub`; `null` where GitHub does not tell. */
  reviewedEnvironments?: ReadonlySet<string> | null;
  subjectClaims?: readonly string[] | null;
  /** What GitHub lists of the workflows; nothing is listed where it is left out. */
  workflows?: readonly ListedWorkflow[];
  /** Workflow files of which GitHub lists a scheduled run, whenever; no runs are listed where it is left out. */
  scheduledRuns?: readonly string[];
  /** Text of `.github/offbeat.yml`. */
  config?: string;
  writes?: boolean;
  /** Writes within the hour; unbounded where it is left out. */
  writesLeft?: number;
  /** Waits until a write may be sent. */
  writeTurn?: () => Promise<void>;
  permissions?: Readonly<Record<string, Permission>>;
  facts?: Awaited<ReturnType<RepositoryReader['describe']>>;
  /** Thrown by `openPull`. */
  refusal?: Error;
  /** Thrown by `react`. */
  reactionRefusal?: Error;
  /** Thrown by `check`. */
  checkRefusal?: Error;
  /** Thrown in place of opening an issue. */
  issueRefusal?: Error;
  /** Other files by path. */
  texts?: Readonly<Record<string, string>>;
  pull?: PullStatus;
  /** Reactions to every pull request; none are read where it is left out. */
  thumbs?: { readonly up: number; readonly down: number };
  author?: string;
  /** Parents of every commit. */
  parents?: readonly string[];
  /** Parents of commits that have others. */
  parentsOf?: Readonly<Record<string, readonly string[]>>;
  /** Commits of the default branch. */
  baseCommits?: readonly string[];
  /** Files in which the commits of a push differ; unknown where left out. */
  changedPaths?: readonly string[];
  pullOfBranch?: number;
  dispatcher?: RunDispatcher;
  /** Thrown by what has the name, while it stands here. */
  refuses?: Partial<Record<keyof RepositoryWriter | keyof RepositoryReader, Error>>;
}

/** A context on one faked repository, which a test may change between two steps. */
export function fakeContext(repository: FakeRepository = {}, over: Partial<Context> = {}) {
  const written: Written = {
    pulls: [],
    branches: [],
    comments: [],
    issues: [],
    closed: [],
    kept: [],
    updated: [],
    checks: [],
    reactions: [],
    read: [],
    tried: [],
  };
  const store = memoryStore();
  const log = keepingLog();
  const clock = { at: NOW, now: () => clock.at };
  const context: Context = {
    store,
    github: {
      connect: async () => connected(repository, written),
      clockReadings: () => repository.dispatcher?.clockReadings() ?? [],
    },
    clock,
    log,
    emergencyStop: false,
    commands: [],
    ...over,
  };
  return { context, written, store, log, clock, repository };
}

/** Numbers of the pull requests from the App's own branches; 13 of every other one. */
const PULL_NUMBERS: Readonly<Record<string, number>> = { 'offbeat/schedules': 12, 'offbeat/jobs': 14 };

function connected(repository: FakeRepository, written: Written): ConnectedRepository {
  const reader: RepositoryReader = {
    async workflowSources(ref) {
      written.read.push(ref);
      return {
        sha: ref ?? repository.sha ?? 'head',
        files: repository.filesAt?.[ref ?? ''] ?? repository.files ?? [],
      };
    },
    activity: async () =>
      repository.pushedAt === undefined
        ? null
        : { pushedAt: repository.pushedAt, page: 'https://github.com/acme/site/actions' },
    reviewedEnvironments: async () => repository.reviewedEnvironments ?? null,
    subjectClaims: async () => repository.subjectClaims ?? null,
    workflows: async () => repository.workflows ?? [],
    ...(repository.scheduledRuns === undefined
      ? {}
      : { hasScheduledRun: async (path) => repository.scheduledRuns?.includes(path) === true }),
    config: async () => parseConfig(repository.config ?? ''),
    recentCommitTitles: async () => [],
    fileText: async (path) => repository.texts?.[path] ?? null,
    pull: async () => repository.pull ?? null,
    pullOfBranch: async () => repository.pullOfBranch ?? null,
    thumbs: async () => repository.thumbs ?? null,
    pullTouches: async (_, paths) => paths.some((path) => repository.texts?.[path] !== undefined),
    commit: async (sha) => ({
      author: repository.author ?? null,
      isByBot: repository.author?.endsWith('[bot]') === true,
      parents: repository.parentsOf?.[sha] ?? repository.parents ?? [],
      paths: Object.keys(repository.texts ?? {}),
    }),
    changedPaths: async () => repository.changedPaths ?? null,
    branchHas: async (_, sha) => repository.baseCommits?.includes(sha) === true,
    describe: async () =>
      repository.facts ?? { defaultBranch: 'main', archived: false, fork: false, private: false },
  };
  const writer: RepositoryWriter = {
    async openPull(draft) {
      if (repository.refusal !== undefined) throw repository.refusal;
      written.pulls.push(draft);
      const number = PULL_NUMBERS[draft.branch] ?? 13;
      return {
        number,
        url: `https://github.com/acme/site/pull/${number}`,
        headSha: `head-${written.pulls.length}`,
      };
    },
    async rebuildBranch(draft) {
      if (repository.refusal !== undefined) throw repository.refusal;
      written.branches.push(draft);
      return `rebuilt-${written.branches.length}`;
    },
    async comment(issue, body) {
      written.comments.push({ issue, body });
    },
    async commentInPlace(issue, body, mark) {
      written.kept.push({ issue, body, mark });
    },
    async updatePull(pull, change) {
      written.updated.push({ pull, ...change });
    },
    async check(check) {
      if (repository.checkRefusal !== undefined) throw repository.checkRefusal;
      written.checks.push(check);
    },
    async react(comment, reaction) {
      if (repository.reactionRefusal !== undefined) throw repository.reactionRefusal;
      written.reactions.push({ comment, reaction });
    },
    async issue(title, body) {
      if (repository.issueRefusal !== undefined) throw repository.issueRefusal;
      written.issues.push({ title, body });
      return written.issues.length;
    },
    async closeIssue(title, body) {
      written.closed.push({ title, body });
    },
  };
  return {
    appLogin: APP_LOGIN,
    reader: refusing(reader, repository, written),
    writer: repository.writes === false ? null : refusing(writer, repository, written),
    permissionOf: async (login) => repository.permissions?.[login] ?? 'none',
    dispatcher: repository.dispatcher ?? null,
    writesLeft: () => repository.writesLeft ?? Number.POSITIVE_INFINITY,
    ...(repository.writeTurn === undefined ? {} : { writeTurn: repository.writeTurn }),
  };
}

/** The same, which throws what the repository says it refuses. */
function refusing<Port extends object>(port: Port, repository: FakeRepository, { tried }: Written): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const found: unknown = Reflect.get(target, name, receiver);
      if (typeof found !== 'function') return found;
      return async (...given: unknown[]) => {
        tried.push(String(name));
        const refusals: Readonly<Record<string, Error | undefined>> = repository.refuses ?? {};
        const refusal = refusals[String(name)];
        if (refusal !== undefined) throw refusal;
        return Reflect.apply(found, target, given);
      };
    },
  });
}

/** An open pull request of the App that nobody touched. */
export const OPEN_PULL = {
  open: true,
  merged: false,
  mergedBy: null,
  closedAt: null,
  headSha: 'head-1',
  baseBranch: 'main',
  conflicts: false,
  body: 'Why.',
};

/**
 * Meets the repository, and learns a run of an hour of each workflow for each of the nights before 4 May 2026, all at
 * the same time; the clock then stands at `NOW`.
 */
export async function watchNights(
  fake: ReturnType<typeof fakeContext>,
  paths: readonly string[],
  nights: number,
): Promise<void> {
  await meetRepository(fake.context, SEEN);
  for (let day = nights; day > 0; day -= 1) {
    for (const [place, path] of paths.entries()) {
      const created = Date.UTC(2026, 4, 4, 2, 10) - day * DAY_MS;
      fake.clock.at = created + 3_600_000;
      const run = sampleRun(1_000 - paths.length * day + place, new Date(created).toISOString(), {
        path,
        endedAt: created + 3_600_000,
        durationSeconds: 3_600,
      });
      await observeRun(fake.context, SEEN, run);
    }
  }
  fake.clock.at = NOW;
}
