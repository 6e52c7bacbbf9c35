import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { latenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import { type LearnedRun, learnRun } from '../../forecast/learn.ts';
import type { Priors } from '../../forecast/priors.ts';
import type { Unwatched } from '../../history/match.ts';
import type { Run } from '../../history/run.ts';
import { servingRun } from '../../on-time/served-tick.ts';
import { leadingStrategy } from '../../strategy/choose.ts';
import type { RepositoryChange, RepositoryState } from '../ports.ts';
import { evolutionDue, evolveOn } from './evolve-repository.ts';
import { learnStrategies, mixturesOf } from './learn-strategies.ts';
import { type ScheduleEntries, widthOf } from './schedule-version.ts';

/** What is read beside the state before a run is learned. */
export interface RunSurroundings {
  /** Epoch ms. */
  readonly now: number;
  /** Crons that may have fired the run; empty for a run that has no tick. */
  readonly schedules: ScheduleEntries;
  /** `null` for a run that tells nothing of lateness. */
  readonly pool: LatenessPool | null;
  /** What other repositories teach; `undefined` where this one knows something already. */
  readonly priors: Priors | null | undefined;
  /** Time of which nobody knows what has run; none where left out. */
  readonly unwatched?: Unwatched | null;
}

export interface RunStep {
  /** Everything that the run changes in its repository and in the lateness pool. */
  readonly change: RepositoryChange;
  readonly outcome: LearnedRun;
}

/** Learns one run: forecasts, what each strategy's was worth, and a round of evolution where due. Pure. */
export function learnRunStep(
  state: RepositoryState,
  run: Run,
  { now, schedules, pool, priors, unwatched = null }: RunSurroundings,
): RunStep {
  const learned = priors === undefined ? state.learned : { ...state.learned, priors };
  const { own, shadows } = mixturesOf(state.population);
  const width = widthOf(state, run.path);
  const servesTick = run.event !== 'schedule' && state.ticks.some((tick) => servingRun(tick) === run.id);
  const lesson = learnRun(learned, pool, run, schedules, { shadows, own, width, unwatched, servesTick });
  const { outcome } = lesson;
  const stepped = learnStrategies(state.population, outcome, now);
  const evolved = evolutionDue(stepped.population)
    ? evolveOn(stepped.population, state.runs, { now, guests: learned.priors?.genomes ?? [] })
    : null;
  const latenessPool = pool && lesson.pool && latenessPoolChange(pool, lesson.pool);
  return {
    outcome,
    change: {
      runs: [withForecast(outcome, state)],
      learned: priors === undefined ? lesson.change : { ...lesson.change, priors },
      ...(latenessPool && { latenessPool }),
      population: (evolved ?? stepped).population,
      learningEvents: [...stepped.events, ...(evolved?.events ?? [])],
    },
  };
}

/** The run with what the strategy in use had forecast of it, to a tenth of a second. */
function withForecast({ run, predicted, shadows }: LearnedRun, { population }: RepositoryState): Run {
  const leading = shadows[leadingStrategy(population).name];
  const seconds = leading?.predictedSeconds ?? predicted?.seconds.q50;
  return seconds === undefined ? run : { ...run, predictedSeconds: Math.round(seconds * 10) / 10 };
}
