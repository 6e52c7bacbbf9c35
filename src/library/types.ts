/*
 * What the library takes and gives. These types stand by themselves: the package holds no declarations but the
 * library's.
 */

/** A file of a repository: its path from the root, such as `.github/workflows/nightly.yml`, and its text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** One entry of `on.schedule`. */
export interface ScheduleEntry {
  readonly path: string;
  /** 0-based place in the file's `on.schedule` list. */
  readonly index: number;
  /** 1-based place of the cron in the file. */
  readonly line: number;
  readonly column: number;
  readonly cron: string;
  /** IANA name; `UTC` where the entry names none. */
  readonly timezone: string;
  /** Why the cron may not be rewritten; `null` where it may. */
  readonly refusal: { readonly code: string; readonly sentence: string } | null;
}

export interface TickOptions {
  /** IANA name (default: `UTC`). */
  readonly timezone?: string;
  /** The first tick comes after this instant (default: now). */
  readonly from?: Date;
  /** How many (default: 3). Fewer are given where the cron fires no more. */
  readonly count?: number;
}

/** What `check` says of one place. */
export interface Finding {
  /** Name of the rule, as docs/check.md lists them. */
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface RepositoryOptions {
  /** Text of `.github/offbeat.yml` (default: none). */
  readonly config?: string;
  /** The present (default: the system's clock). */
  readonly now?: Date;
}

export interface PlanOptions extends RepositoryOptions {
  /** Past runs as `GET /repos/{owner}/{repo}/actions/runs` lists them under `workflow_runs` (default: none). */
  readonly runs?: readonly unknown[];
}

/** One schedule of a plan. */
export interface PlannedSchedule {
  readonly path: string;
  readonly index: number;
  readonly timezone: string;
  readonly from: string;
  /** The chosen cron; equal to `from` where `outcome` is `keep` or `refused`. */
  readonly to: string;
  /** `move`: proposed. `keep`: no better time. `held`: a better time is known, held back. `refused`: may not move. */
  readonly outcome: 'move' | 'keep' | 'held' | 'refused';
  /** Probability that at least half of the benefit comes true, 0–1. */
  readonly confidence: number;
  /** Share of the present cost that the move takes away. */
  readonly benefit: number;
  /** Sentences, most important first. */
  readonly reasons: readonly string[];
}

/** A new cron for a schedule, as `plan` gives it. */
export interface CronMove {
  readonly path: string;
  readonly index: number;
  readonly to: string;
}

/** An answer of the learner. */
export interface Answer<Data> {
  readonly success: boolean;
  /** For people: what was found, or why there is no answer and what to do. */
  readonly message: string;
  /** `null` where `success` is false. */
  readonly data: Data | null;
}

/** A run, as whoever saw it reports it. */
export interface ExecutionReport {
  /** Path, file name or name of the workflow. */
  readonly workflow: string;
  /** Seconds. */
  readonly duration: number;
  readonly success: boolean;
  /** When it started (default: `duration` ago). */
  readonly startTime?: Date;
  /** What it took, by the figure's name, such as `cpu_seconds`. */
  readonly resourceUsage?: Readonly<Record<string, number>>;
}

/** A run beside what was predicted of it. */
export interface ExecutionFeedback {
  readonly workflow: string;
  /** What was predicted, seconds. */
  readonly predictedDuration: number;
  /** What it took, seconds. */
  readonly actualDuration: number;
  readonly success: boolean;
  /** Name of the strategy that predicted (default: `default`). */
  readonly strategy?: string;
  readonly startTime?: Date;
}

/** What a feedback has come to. Every strategy forecasts every run and is scored by its own forecast. */
export interface FeedbackScore {
  /** |predicted − actual| / actual. */
  readonly relativeError: number;
  /** Errors up to 10 %, 25 % and 50 % are excellent, good and fair. */
  readonly grade: 'excellent' | 'good' | 'fair' | 'poor';
  /** False where this very run was reported before. */
  readonly learned: boolean;
  readonly strategy: StrategyRecord;
}

/** How well a strategy has forecast durations. */
export interface StrategyRecord {
  readonly strategy: string;
  readonly predictions: number;
  /** 1.0·excellent + 0.7·good + 0.4·fair, as shares of all; `null` before the first forecast. */
  readonly performance: number | null;
  /** 100 less the mean error in percent; `null` before the first forecast. */
  readonly accuracy_score: number | null;
}

/** A better time for a workflow. */
export interface OptimizedSchedule {
  /** The cron that is recommended; the present one where none is better. */
  readonly recommendedTime: string;
  /** 0–1; 0 where no time is better: it is about a move, and there is none. */
  readonly confidenceScore: number;
  /** Sentences, most important first. */
  readonly reasoning: readonly string[];
}

/** What is expected of one schedule; its fields are those of `GET …/predict` in docs/api.md. */
export interface ExecutionPrediction {
  readonly workflow_name: string;
  readonly path: string;
  readonly timezone: string;
  readonly current_schedule: string;
  readonly recommended_schedule: string;
  readonly confidence: number;
  /** `null`, as the range, where no run of the workflow had a duration to learn from. */
  readonly expected_duration_seconds: number | null;
  readonly expected_duration_range_seconds: { readonly from: number; readonly to: number } | null;
  /** `null` where no run of the workflow has succeeded or failed. */
  readonly predicted_success_rate: number | null;
  readonly reasoning: readonly string[];
}

export interface BatchPrediction {
  readonly predictions: readonly ExecutionPrediction[];
  /** Schedules that were given another time than the plan's, so that no two start in the same minute. */
  readonly moved_apart: number;
  readonly collisions_left: number;
  /** Runs of the repository that are known, of whatever outcome. */
  readonly runs_known: number;
}

export interface ExecutionHistory {
  /** Runs that are kept one by one. */
  readonly total: number;
  readonly runs: readonly {
    readonly id: number;
    readonly path: string;
    readonly event: string;
    readonly started_at: string;
    readonly ended_at: string | null;
    readonly conclusion: string | null;
    readonly duration_seconds: number | null;
    readonly lateness_minutes: number | null;
  }[];
}

export interface AccuracyMetrics extends StrategyRecord {
  /** `null`, as the next, before the first forecast. */
  readonly mae_seconds: number | null;
  readonly mape_percent: number | null;
  readonly runs_learned: number;
  readonly strategies: readonly StrategyRecord[];
}

export interface WorkflowInsights {
  readonly runs: number;
  readonly success_rate: number | null;
  /** Runs by the UTC hour in which they started. */
  readonly runs_by_hour: readonly number[];
  readonly workflows: readonly {
    readonly workflow_name: string;
    readonly path: string;
    readonly runs: number;
    readonly success_rate: number | null;
    readonly duration_trend: 'longer' | 'shorter' | 'stable' | 'unknown';
  }[];
  readonly findings: readonly string[];
}

export interface RecordedExecution {
  readonly path: string;
  readonly run_id: number;
  /** False where the run was known already. */
  readonly learned: boolean;
  readonly expected_duration_seconds: number | null;
}

export interface LearnerHealth {
  readonly status: 'ok' | 'degraded';
  readonly runs_learned: number;
  readonly workflows: number;
  readonly problems: readonly string[];
}

/** A step of a strategy. */
export interface StrategyStep {
  readonly strategy: string;
  /** The genes after the step, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Why they changed; `null` where nothing gave a reason to. */
  readonly why: string | null;
}

/** A round of evolution. */
export interface Evolution {
  readonly runsReplayed: number;
  /** Names of the strategies after it. */
  readonly strategies: readonly string[];
  /** What was tried, and why it was kept or not. */
  readonly events: readonly { readonly kind: string; readonly strategy: string; readonly why: string }[];
}

/** What was learned so far; schema/report_latest.schema.json describes all of it. */
export interface LearningReport {
  readonly at: number;
  /** Runs that are known, whatever became of them. */
  readonly runsSeen: number;
  readonly runsLearned: number;
  readonly strategies: readonly {
    readonly name: string;
    readonly generation: number;
    readonly performance: number;
    readonly predictions: number;
    readonly active: boolean;
  }[];
}

export interface LearnerOptions {
  /** The workflow files, for recommendations (default: none). */
  readonly files?: readonly TextFile[];
  /** Text of `.github/offbeat.yml` (default: none). */
  readonly config?: string;
  /** What another learner has exported: a path, or what the file holds (default: nothing is known yet). */
  readonly learning?: string | object;
  /** The present in epoch ms (default: the system's clock). */
  readonly now?: () => number;
}

/**
 * Learns how long runs take and how often they succeed, and recommends times. It lives in memory: `export` writes down
 * what strategies have learned, for `learning` of the next one. Methods that give an `Answer` do not throw for what was
 * asked wrongly; the others throw an `OffbeatError`.
 */
export interface Learner {
  /** Learns a run, and scores what was predicted of it. */
  recordExecutionFeedback(feedback: ExecutionFeedback): Promise<FeedbackScore>;
  /** Lets a strategy take one step by what its newest forecasts were worth. */
  adaptStrategy(name: string): Promise<StrategyStep>;
  /** Tries new strategies on past runs, and keeps only those that are proven better. */
  evolveStrategies(): Promise<Evolution>;
  /** The better time for a workflow of `files`, planned by a strategy (default: the most promising one). */
  generateOptimizedSchedule(workflow: string, strategy?: string): Promise<OptimizedSchedule>;
  report(): Promise<LearningReport>;
  /** Writes what was learned as JSON. */
  export(file: string): Promise<void>;

  recordExecution(report: ExecutionReport): Promise<Answer<RecordedExecution>>;
  predictExecutionTime(workflow: string): Promise<Answer<ExecutionPrediction>>;
  /** All workflows where none is named. */
  predictBatch(workflows?: readonly string[]): Promise<Answer<BatchPrediction>>;
  /** The newest runs first, 100 at most. */
  getExecutionHistory(workflow?: string): Promise<Answer<ExecutionHistory>>;
  getAccuracyMetrics(strategy?: string): Promise<Answer<AccuracyMetrics>>;
  getWorkflowInsights(workflow?: string): Promise<Answer<WorkflowInsights>>;
  healthCheck(): Promise<Answer<LearnerHealth>>;
}
