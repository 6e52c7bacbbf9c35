import type { Candidate } from '../cron/candidates.ts';
import type { ScheduleForecast } from '../forecast/types.ts';
import type { ScheduleKey } from '../history/run.ts';
import type { Refusal } from '../workflow/refusal.ts';
import type { ConfidenceFit } from './confidence-fit.ts';

/** One schedule as the planner sees it. */
export interface PlannedSchedule {
  readonly key: ScheduleKey;
  readonly path: string;
  readonly index: number;
  readonly workflowName: string;
  readonly cron: string;
  readonly timezone: string;
  /** Set where the schedule may not move; it still counts as load, unless it is `not-running`. */
  readonly refusal: Refusal | null;
  /** Crons that keep the shape and lie in the window, without today's own. */
  readonly candidates: readonly Candidate[];
  readonly forecast: ScheduleForecast;
  /** Jobs that run side by side at the widest point. */
  readonly width: number;
  /** Minute of the local day by which nine runs in ten shall be done; `null` where there is no `finish-by`. */
  readonly finishByMinute: number | null;
  /** Minute of the local day before which it shall not start; missing where there is no `not-before`. */
  readonly notBeforeMinute?: number;
  /** When this schedule was last moved by a merged proposal, epoch ms; `null` never. */
  readonly movedAt: number | null;
  /** Scheduled runs seen since the cron was last changed. */
  readonly runsSeen: number;
  /** Runs of one group wait for each other, so they are planned apart; left out or `null` where there is none. */
  readonly concurrencyGroup?: string | null;
  /** Schedules whose runs this one's are to follow. */
  readonly after?: readonly ScheduleKey[];
  /** Name of the runners that its jobs use; runners of one name share a limit. `RUNNERS` where left out. */
  readonly runners?: string;
  /** False where the round is for other schedules only; it has no candidates then. */
  readonly inRound?: boolean;
  /** True where no run of it has succeeded or failed, but some of others have: it stays, and counts as no load. */
  readonly noOutcome?: boolean;
  /** No run of any workflow was seen: what is told rests on other repositories, which is no reason to stay or move. */
  readonly isNothingSeen?: boolean;
  /** Whether its jobs were seen waiting for a runner; false where left out. */
  readonly waits?: boolean;
  /** How much its waiting, failures and moves weigh beside others'; 1 if absent. The less important one moves. */
  readonly importance?: number;
  /** USD a minute of all jobs side by side; 0 where left out. */
  readonly pricePerMinute?: number;
  /** USD of one run as its jobs were billed; computed from `pricePerMinute` and the duration where left out. */
  readonly usdPerRun?: number;
}

/** Name of the runners where a schedule names none. */
export const RUNNERS = 'standard';

export interface PlanWeights {
  readonly overlap: number;
  readonly lateness: number;
  readonly failure: number;
  readonly finishBy: number;
  readonly shift: number;
  readonly edit: number;
  /** Weight of the runs' cost in USD, failed ones paid twice; 0 where left out. */
  readonly cost?: number;
  /** Weight of jobs above the limit of their runners; 1 where left out. */
  readonly crowding?: number;
}

export interface PlanSettings {
  readonly weights: PlanWeights;
  /** Largest share of a repository's schedules that one round may move (at least one). */
  readonly maxChangeShare: number;
  readonly dwellDays: number;
  /** Most moves in `EDIT_DAYS` days, per schedule of the repository; no limit where left out. */
  readonly maxEdits?: number;
  /** Smallest relative gain of a schedule's own cost that makes a move worth an edit. */
  readonly minGain: number;
  /** A move of less confidence is held; 0 where left out. */
  readonly minConfidence?: number;
  /** True where a move must bring something that people notice (see `noticeable.ts`), however large its gain. */
  readonly onlyNoticeable?: boolean;
  /** Probability that one moved schedule gets a random slot that costs hardly more than its best one, 0–1. */
  readonly exploration: number;
  /** Most jobs at once by name of the runners; no limit for those that are not named. */
  readonly jobLimits?: Readonly<Record<string, number>>;
  /** Runs at an hour until that hour's own success rate counts half; `SLOT_EVIDENCE_RUNS` where left out. */
  readonly slotEvidenceRuns?: number;
  /** Correction of the shipped confidence, fitted to the deployment's own verdicts; none where left out. */
  readonly confidenceFit?: ConfidenceFit;
}

export interface PlanInput {
  /** Epoch ms; ticks of the following week are planned. */
  readonly now: number;
  readonly schedules: readonly PlannedSchedule[];
  /** Expected other jobs in progress (push, pull request) per five minutes of the UTC week from Monday: 2016 values. */
  readonly background: readonly number[];
  /** The same of other repositories' jobs on shared runners, by name of the runners; none where left out. */
  readonly elsewhere?: Readonly<Record<string, readonly number[]>>;
  readonly settings: PlanSettings;
  /** Moves merged in the last `EDIT_DAYS` days; 0 where left out. */
  readonly recentEdits?: number;
}
