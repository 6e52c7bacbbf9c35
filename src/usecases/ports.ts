import type { Config, PullRequestWishes } from '../config/config.ts';
import type { LatenessPool } from '../forecast/lateness-pool.ts';
import type { LatenessPoolChange } from '../forecast/lateness-pool-change.ts';
import type { LearnedRepository } from '../forecast/learned.ts';
import type { LearnedChange } from '../forecast/learned-change.ts';
import type { Rename } from '../history/identity.ts';
import type { OlderRuns } from '../history/older-runs.ts';
import type { Conclusion, JobSpan, Run } from '../history/run.ts';
import type { RunHistory } from '../history/run-history.ts';
import type { LearnedJobs } from '../jobs/learned-jobs.ts';
import type { ObservedJob } from '../jobs/observed-job.ts';
import type { DispatchAnswer } from '../on-time/answer.ts';
import type { ClockReadings } from '../on-time/clock-skew.ts';
import type { ServedTick } from '../on-time/served-tick.ts';
import type { StartedRun } from '../on-time/started-run.ts';
import type { OnTimeState } from '../on-time/state.ts';
import type { Decision } from '../plan/decision.ts';
import type { RepositoryLoad, SharedLoad } from '../plan/shared-load.ts';
import type { AuditEvent } from '../proposal/audit.ts';
import type { SettingsAndBookkeeping } from '../proposal/bookkeeping.ts';
import type { Deployment } from '../proposal/deployment.ts';
import type { Mode, Proposal } from '../proposal/proposal.ts';
import type { Refusals } from '../proposal/refusal-records.ts';
import type { LearningEvent, LearningLog, StrategyPopulation } from '../strategy/strategy.ts';
import type { ListedFile } from '../workflow/cron-copies.ts';

/** Who and where a repository is; ids never change, names may. */
export interface RepositoryProfile {
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly archived: boolean;
  readonly fork: boolean;
  readonly private: boolean;
  /** Set by `/observe`, `/suggest`, `/pause`; the config file stands above it except for `pause`. */
  readonly commandedMode: Mode | null;
  /** Epoch ms of the last planning round; `null` before the first. */
  readonly lastRoundAt: number | null;
  /** Epoch ms of the uninstallation; data goes 30 days later. */
  readonly removedAt: number | null;
  /** Short names of the notices already given, so that each is given once. */
  readonly noticesGiven: readonly string[];
  /** What GitHub has refused for good, by the piece of work that it has ended. */
  readonly refusals: Refusals;
}

/** Crons in force at one commit, remembered so that a run's ticks can be told without reading it again. */
export interface ScheduleVersion {
  readonly sha: string;
  readonly seenAt: number;
  readonly entries: readonly {
    readonly key: string;
    readonly path: string;
    readonly cron: string;
    readonly timezone: string;
  }[];
  /** Jobs side by side of the files that have several, by their graphs; missing in older records. */
  readonly widths?: Readonly<Record<string, number>> | undefined;
}

/** All that is kept of one repository. */
export interface RepositoryState {
  readonly profile: RepositoryProfile;
  readonly runs: RunHistory;
  readonly learned: LearnedRepository;
  /** What jobs have shown, and the runners that they took. */
  readonly jobs: LearnedJobs;
  readonly scheduleVersions: readonly ScheduleVersion[];
  readonly population: StrategyPopulation;
  readonly learningLog: LearningLog;
  readonly decisions: readonly Decision[];
  readonly proposals: readonly Proposal[];
  /** What people have asked for here. */
  readonly care: SettingsAndBookkeeping;
  /** What the newest round left for repositories that share runners with this one; `null` where none do. */
  readonly sharedLoad: SharedLoad | null;
  /** Workflows that Offbeat starts on time; `null` where nobody has asked for that. */
  readonly onTime: OnTimeState | null;
  /** Ticks of the last 30 days and who has served them. */
  readonly ticks: readonly ServedTick[];
  /** What was done here, oldest first. */
  readonly audit: readonly AuditEvent[];
  /** Damage found while reading, in sentences for `/report`; empty where all is well. */
  readonly damage: readonly string[];
  /** Sums of runs too old to be kept one by one, where there are any. */
  readonly olderRuns?: readonly OlderRuns[];
}

/** What one step changes, whole or not at all: lists are merged by key, `learned` by parts, others replaced. */
export interface RepositoryChange {
  readonly profile?: RepositoryProfile;
  /** Upserted by (`id`, `attempt`). */
  readonly runs?: readonly Run[];
  /** Files whose sums of older runs are those of another path from now on; all at once. */
  readonly renamedFiles?: readonly Rename[];
  readonly learned?: LearnedChange;
  /** Jobs that have ended; those that were learned already change nothing. */
  readonly observedJobs?: readonly ObservedJob[];
  /** Files whose jobs are those of another path from now on; before `observedJobs`. */
  readonly renamedJobFiles?: readonly Rename[];
  /** Added to the pool of the deployment, together with the rest. */
  readonly latenessPool?: LatenessPoolChange;
  /** Upserted by `sha`. */
  readonly scheduleVersions?: readonly ScheduleVersion[];
  readonly population?: StrategyPopulation;
  /** Appended. */
  readonly learningEvents?: readonly LearningEvent[];
  /** Upserted by `id`. */
  readonly decisions?: readonly Decision[];
  /** Upserted by `pullNumber`. */
  readonly proposals?: readonly Proposal[];
  readonly care?: SettingsAndBookkeeping;
  readonly sharedLoad?: SharedLoad | null;
  readonly onTime?: OnTimeState | null;
  /** What stood there when work on `onTime` began, some time ago: what others changed since then stays. */
  readonly onTimeBefore?: OnTimeState | null;
  /** Upserted by (`path`, `tick`). */
  readonly ticks?: readonly ServedTick[];
  /** Appended. */
  readonly auditEvents?: readonly AuditEvent[];
}

/** A repository with workflows that are started on time. */
export interface OnTimeRepository {
  readonly profile: RepositoryProfile;
  readonly onTime: OnTimeState;
}

/** Where states are kept. What it hands out are values: nobody may change them, and no change alters them. */
export interface Store {
  /** `undefined` where the repository was never seen. */
  load(repositoryId: number): Promise<RepositoryState | undefined>;
  /** Keeps a change whole: durable, then visible to `load` and `loadLatenessPool`; where it throws, nothing changed. */
  apply(repositoryId: number, change: RepositoryChange): Promise<void>;
  profiles(): Promise<readonly RepositoryProfile[]>;
  /** What an installation's repositories left for each other, unordered, without forks, archived and removed ones. */
  sharedLoads(installationId: number): Promise<readonly RepositoryLoad[]>;
  /** Repositories with workflows on time, in no order, without archived ones and those without the App. */
  onTimeRepositories(): Promise<readonly OnTimeRepository[]>;
  delete(repositoryId: number): Promise<void>;
  /** Puts the newest report where an operator finds it, in stores that are files. It can be made anew any time. */
  keepReport?(repositoryId: number, report: object): Promise<void>;
  /** GitHub's own lateness, pooled over everything this deployment sees; holds no names. */
  loadLatenessPool(): Promise<LatenessPool>;
  close(): Promise<void>;
}

/** What the operator has decided for all repositories; a terminal may change it while the App runs. */
export interface Deployments {
  load(): Promise<Deployment>;
  /** Changes it as a whole, one change after another; returns what it is then. */
  change(update: (deployment: Deployment) => Deployment): Promise<Deployment>;
  /** Why the stop in force could not be kept and holds in this process alone, in a sentence; else `null`. */
  unkept?(): string | null;
}

/** One thing that an operator did for the whole deployment. */
export interface OperatorAct {
  /** Epoch ms. */
  readonly at: number;
  readonly action: string;
  /** `null` at the operator's own terminal. */
  readonly by: string | null;
  readonly why: string;
}

/** What operators did, for good. */
export interface OperatorAudit {
  note(act: OperatorAct): Promise<void>;
}

/** Keys that are remembered until they expire: sessions that were ended, codes that were used. */
export interface ExpiringKeys {
  /** Remembers a key until `expiresAt` (epoch ms); false where known. Where it throws, this process knows it still. */
  add(key: string, expiresAt: number): Promise<boolean>;
  has(key: string): Promise<boolean>;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The newest commit of a branch and its workflow files. */
export interface WorkflowSources {
  readonly sha: string;
  readonly files: readonly SourceFile[];
}

/** A workflow as GitHub lists it. */
export interface ListedWorkflow {
  readonly path: string;
  /** GitHub's word: `active`, `disabled_manually`, `disabled_inactivity`, … */
  readonly state: string;
  /** Where a person enables or disables it. */
  readonly page: string;
}

/** One job of a run that has ended; instants are epoch ms. */
export interface JobTimes extends JobSpan {
  readonly createdAt: number;
  /** As GitHub shows it; missing where it is not told, and nothing is learned of the job then. */
  readonly name?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly conclusion?: Conclusion | null | undefined;
}

export type RepositoryFacts = Pick<RepositoryProfile, 'defaultBranch' | 'archived' | 'fork' | 'private'>;

/** What is read of a repository. Throws `github-refused`, and `github-not-yet` where one answer denies another one. */
export interface RepositoryReader {
  /** Files at a ref, else of the default branch. `before`: the commit that a push replaced. Throws `not-found`. */
  workflowSources(ref?: string, before?: string): Promise<WorkflowSources>;
  /** Parsed `.github/offbeat.yml`, merged with what it extends; defaults where there is none. */
  config(): Promise<Config>;
  /** First lines of the newest commits of the default branch, newest first: they show how titles are worded here. */
  recentCommitTitles(): Promise<readonly string[]>;
  /** What GitHub says of the repository itself. */
  describe(): Promise<RepositoryFacts>;
  /**
   * Text of a file at a ref, else of the default branch; `null` where there is none, or it is too large. Outside of
   * `.github`, absence is not looked at twice.
   */
  fileText(path: string, ref?: string): Promise<string | null>;
  /** All files at a commit, and whether GitHub lists them whole; absent where none are listed. Texts: `blobText`. */
  listFiles?(sha: string): Promise<{ readonly files: readonly ListedFile[]; readonly isWhole: boolean }>;
  /** Text of a file by the hash of its blob. */
  blobText?(sha: string): Promise<string>;
  /** The pull request of a proposal as it stands now; `null` where there is none of that number. */
  pull(proposal: Pick<Proposal, 'pullNumber' | 'branch'>): Promise<PullStatus | null>;
  /** Reactions to a pull request; `null` where GitHub tells none. Left out where none are read. */
  thumbs?(pullNumber: number): Promise<{ readonly up: number; readonly down: number } | null>;
  /** An issue of this number as it stands now; `null` where it was deleted. Left out where none are read. */
  issue?(number: number): Promise<IssueStatus | null>;
  /** Number of the open pull request from a branch of this repository; `null` where there is none. */
  pullOfBranch(branch: string): Promise<number | null>;
  /** Whether a pull request changes one of these files. */
  pullTouches(pullNumber: number, paths: readonly string[]): Promise<boolean>;
  /** Ended runs created in a span (epoch ms), oldest first; left out where no runs are listed. */
  runs?(
    span: { readonly from: number; readonly to: number },
    onProgress?: (read: number) => void,
  ): Promise<readonly Run[]>;
  /** Whether GitHub lists a scheduled run of a file created since an instant (epoch ms), in any state; optional. */
  hasScheduledRun?(path: string, since: number): Promise<boolean>;
  /** Times of the jobs that one attempt of a run has run; left out where none are listed. */
  jobs?(run: { readonly id: number; readonly attempt: number }): Promise<readonly JobTimes[]>;
  /** When the newest push came (epoch ms), and where workflows are enabled; `null` where there was none. */
  activity?(): Promise<{ readonly pushedAt: number; readonly page: string } | null>;
  /** Names of environments with required reviewers, in lower case; `null` where GitHub does not tell. */
  reviewedEnvironments?(): Promise<ReadonlySet<string> | null>;
  /** Claims that the template of the OIDC `sub` names; `null` where GitHub does not tell. */
  subjectClaims?(): Promise<readonly string[] | null>;
  /** The workflows and whether GitHub runs them; left out where none are listed. */
  workflows?(): Promise<readonly ListedWorkflow[]>;
  commit(sha: string): Promise<CommitFacts>;
  /** Files in which two commits differ; `null` where GitHub does not know one or lists too few; optional. */
  changedPaths?(before: string, after: string): Promise<readonly string[] | null>;
  branchHas(branch: string, sha: string): Promise<boolean>;
}

/** What GitHub says of a commit. */
export interface CommitFacts {
  /** Login of whoever wrote it; `null` where GitHub knows no account for it. */
  readonly author: string | null;
  readonly isByBot: boolean;
  readonly parents: readonly string[];
  /** Files that differ from its first parent. */
  readonly paths: readonly string[];
}

export interface OpenedPull {
  readonly number: number;
  readonly url: string;
  readonly headSha: string;
  /** Wishes that GitHub has refused, with its own sentence. */
  readonly unmet?: readonly string[];
}

/** What GitHub says of a pull request now. */
export interface PullStatus {
  readonly open: boolean;
  readonly merged: boolean;
  /** Login of whoever merged it; `null` where nobody has, or GitHub does not say. */
  readonly mergedBy: string | null;
  /** Epoch ms; `null` while it is open. */
  readonly closedAt: number | null;
  readonly headSha: string;
  readonly baseBranch: string;
  readonly body: string;
  /** True where the base conflicts with it, as far as GitHub has found out. */
  readonly conflicts: boolean;
}

/** What GitHub says of an issue now. */
export interface IssueStatus {
  readonly open: boolean;
  readonly url: string;
  /** Epoch ms; `null` while it is open. */
  readonly closedAt: number | null;
  /** Login of whoever closed it; `null` where it is open, or GitHub does not say. */
  readonly closedBy: string | null;
}

/** A check of one commit, for people who look at its pull request. */
export interface CommitCheck {
  readonly name: string;
  readonly sha: string;
  readonly passed: boolean;
  readonly title: string;
  readonly summary: string;
  /** Lines (1-based) of a file with something to say of each. */
  readonly annotations: readonly { readonly path: string; readonly line: number; readonly message: string }[];
}

/** A branch with one commit on its base. */
export interface BranchDraft {
  readonly branch: string;
  /** Commit that `files` were read at. */
  readonly baseSha: string;
  /** Head that the App last wrote to the branch; `null` where it wrote none. */
  readonly knownHeadSha: string | null;
  readonly commitMessage: string;
  /** True where the project asks for a sign-off of every commit. */
  readonly signOff?: boolean;
  readonly files: readonly SourceFile[];
  /** Paths of files that the commit takes away. */
  readonly removed?: readonly string[];
}

/** A pull request as a value: everything that is needed to open it, or to bring an open one up to date. */
export interface PullRequestDraft extends BranchDraft {
  readonly baseBranch: string;
  readonly title: string;
  readonly body: string;
  /** Labels and people for a pull request that is opened; an open one keeps what people have made of it. */
  readonly wishes?: PullRequestWishes;
}

/** What is asked to be done on GitHub. Throws `permission-missing`, and `github-refused` with GitHub's sentence. */
export interface RepositoryWriter {
  /** Commits the files to the branch and opens, or updates, its pull request. Throws `branch-taken` if others did. */
  openPull(draft: PullRequestDraft): Promise<OpenedPull>;
  /** Commits the files to the branch on its base, and leaves the pull request; gives the new head. Throws likewise. */
  rebuildBranch(draft: BranchDraft): Promise<string>;
  /** Where the App has written a comment that holds the text `once`, nothing is written. */
  comment(issueNumber: number, body: string, once: string): Promise<void>;
  /** One comment kept up to date: the App's own with `mark`, which `body` has to hold, edited or else written. */
  commentInPlace(issueNumber: number, body: string, mark: string): Promise<void>;
  /** Changes a pull request of the App's own in one request. */
  updatePull(pullNumber: number, change: { readonly body: string; readonly close?: boolean }): Promise<void>;
  /** Says of a commit whether it passes. */
  check(check: CommitCheck): Promise<void>;
  /** A sign on somebody's comment, which notifies nobody. Giving it twice has the effect of giving it once. */
  react(commentId: number, reaction: 'confused'): Promise<void>;
  /** Opens an issue once: where one of the App's with the same title is open, that one is updated. Gives its number. */
  issue(title: string, body: string): Promise<number>;
  /** Closes the App's open issue of that title, with its last body; nothing where there is none. */
  closeIssue(title: string, body: string): Promise<void>;
}

/** What starting workflows on time asks of GitHub. */
export interface RunDispatcher {
  /** Asks once for a run of a workflow file, never again by itself. Any answer, or none, is the answer: no throws. */
  dispatch(ask: DispatchRequest): Promise<DispatchAnswer>;
  /**
   * Runs created since then (epoch ms): all of `schedule` and dispatches, and the newest of other events. Throws
   * `github-refused` where GitHub does not list all of the former.
   */
  startedRuns(since: number): Promise<readonly StartedRun[]>;
  /** Whether a step of any job of a run has begun. */
  hasBegun(runId: number): Promise<boolean>;
  /** Asks that a run be cancelled; nothing happens to one that has ended. */
  cancel(runId: number): Promise<void>;
  /**
   * Git's hash of a file at `ref`, else at the head of the default branch; `null` where two endpoints say that it is
   * not there. Throws `github-not-yet` where they differ.
   */
  blobSha(path: string, ref?: string): Promise<string | null>;
  /** The newest answers, by which the clocks are compared. */
  clockReadings(): ClockReadings;
}

/** One request for a run. `withDetails` asks for its id, which servers before 3.21 do not know. */
export interface DispatchRequest {
  readonly path: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly withDetails: boolean;
}

export type Permission = 'admin' | 'write' | 'read' | 'none';

/** One repository on GitHub, as an installation of the App sees it. */
export interface ConnectedRepository {
  readonly reader: RepositoryReader;
  /** `null` where this door may read only: a terminal with a token, an App without write permissions. */
  readonly writer: RepositoryWriter | null;
  /** What GitHub says this person may do with the repository; `none` for a stranger. */
  permissionOf(login: string): Promise<Permission>;
  /** `null` or left out where this door starts no workflows. */
  readonly dispatcher?: RunDispatcher | null;
  /** The App's own account, `slug[bot]`. */
  readonly appLogin: string;
  /** Writes that the installation may still do within the hour; unbounded where it is left out. */
  writesLeft?(): number;
  /** Resolves when a write would be sent at once; writes never wait where it is left out. */
  writeTurn?(): Promise<void>;
}

/** Where a connection comes from; it is made when the first call needs it, not before. */
export interface GitHub {
  connect(
    profile: Pick<RepositoryProfile, 'id' | 'installationId' | 'owner' | 'name'>,
  ): Promise<ConnectedRepository>;
  /** The newest answers, by which the clocks are compared; left out where this door starts no workflows. */
  readonly clockReadings?: () => ClockReadings;
}
