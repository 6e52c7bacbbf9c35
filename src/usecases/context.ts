import type { Clock } from '../clock.ts';
import type { LearnedRun } from '../forecast/learn.ts';
import type { Log } from '../log.ts';
import type { StartedRun } from '../on-time/started-run.ts';
import { fitConfidence, type MeasuredMove } from '../plan/confidence-fit.ts';
import type { Outcome } from '../proposal/comparison.ts';
import type { HelpLine } from '../render/comment.ts';
import type { DeploymentWork } from '../scorecard/own-work.ts';
import { type Decided, type DecisionRequest, decideByStrategies } from './planning/decide.ts';
import type { GitHub, Store } from './ports.ts';

/** Plans; throws `planner-circuit-open` after failures, `planning-cancelled` once whoever asked has `gone`. */
export type Planning = (request: DecisionRequest, gone?: AbortSignal) => Promise<Decided>;

/** What has begun in a repository, or has come of it. */
export type MeasuredOutcome = Omit<Outcome, 'reached'>;

/** What every use case may reach. */
export interface Context {
  readonly store: Store;
  readonly github: GitHub;
  /** Dates the work. For a delivery it stands at the time of acceptance, by the machine that has accepted it. */
  readonly clock: Clock;
  /** The clock of this process, where that is another one than `clock`. */
  readonly processClock?: Clock;
  readonly log: Log;
  /** The operator's emergency stop: nothing is written to GitHub while it is set. */
  readonly emergencyStop: boolean;
  /** The Action that the file of the net uses, as `OWNER/REPO@HASH`; without one the file needs no action. */
  readonly netAction?: string | undefined;
  /** Commands that a pull request offers to whoever reviews it. */
  readonly commands: readonly HelpLine[];
  /** Whether a repository's turn has come for the planner in use; everybody's where it is left out. */
  readonly rollout?: (repositoryId: number) => boolean;
  /** Told of each round and each measured proposal, for the rollout that is under way. */
  readonly onOutcome?: (seen: { readonly failed: boolean } | { readonly harmed: boolean }) => Promise<void>;
  /** Whether a repository is planned by the default strategy alone; none where it is left out. */
  readonly usesDefaultStrategy?: (repositoryId: number) => boolean;
  /** Told of what begins in a repository and what comes of it, for versions that are compared. */
  readonly onMeasured?: (seen: MeasuredOutcome) => Promise<void>;
  /** Moves of all repositories that were measured after their merge; none where it is left out. */
  readonly measuredMoves?: readonly MeasuredMove[];
  /** Told of the moves of a proposal that were measured. */
  readonly onMeasuredMoves?: (proposal: string, moves: readonly MeasuredMove[]) => Promise<void>;
  /** What the deployment knows of its own work; nothing where it is left out. */
  readonly deploymentWork?: () => Promise<DeploymentWork>;
  /** Milliseconds by a clock that only rises, to time own work; nothing is timed where it is left out. */
  readonly stopwatch?: () => number;
  /** Told how long a part of the work has taken, milliseconds; only where there is a stopwatch. */
  readonly onWork?: (
    part: 'learning' | 'planning' | 'deciding beside planning',
    milliseconds: number,
  ) => void;
  /** How this deployment plans; at once and in this thread where it is left out. */
  readonly planning?: Planning;
  /** Told of every run that was learned, where somebody counts. */
  readonly onLearned?: (repositoryId: number, learnt: LearnedRun) => void;
  /** Told of every run that a webhook has told of, where workflows are started on time. */
  readonly onRun?: (repositoryId: number, run: StartedRun) => void;
  /** Called for every move that was refused because two cron engines disagree. */
  readonly onDoubtedMove?: () => void;
}

/** How plans are made in this context. */
export function planningOf({ planning }: Pick<Context, 'planning'>): Planning {
  return planning ?? (async (request) => decideByStrategies(request));
}

/** What the deployment's own verdicts say of how sure moves are; nothing while there are none. */
export function confidenceFitOf({
  measuredMoves = [],
}: Pick<Context, 'measuredMoves'>): Pick<DecisionRequest, 'confidenceFit'> {
  const confidenceFit = fitConfidence(measuredMoves);
  return confidenceFit === null ? {} : { confidenceFit };
}

/** The same context for one question: what is planned for it is given up when whoever asked has `gone`. */
export function askedUntil(context: Context, gone: AbortSignal): Context {
  const planning = planningOf(context);
  return { ...context, planning: (request) => planning(request, gone) };
}
