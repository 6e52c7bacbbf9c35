import { itemAt, numberAt } from '../checked.ts';
import type { Quantiles } from '../forecast/types.ts';
import { DAY_HOURS } from '../time.ts';
import { belief, latenessBelief, trusted } from './belief.ts';
import { type ConfidenceFit, fittedConfidence } from './confidence-fit.ts';
import { violation } from './finish-by.ts';
import { DAY_KINDS, kernelOf } from './kernel.ts';
import { costOfWait } from './later-start.ts';
import type { LoadField } from './load-field.ts';
import { type TermWeights, takenByOthers } from './objective.ts';
import { finishProbability } from './own-costs.ts';
import { DRAWS, LEVELS, type SampledFortnights } from './sampled-fortnights.ts';
import { latenessAfter, type Task } from './task.ts';
import { hourOfMinute } from './week.ts';

/** A gain has come true when at least half of it is there. */
export const PROMISED_SHARE = 0.5;
/** Error of a forecast lateness on the log scale: drift from month to month, which no history takes away … */
const LATENESS_DRIFT = 0.15;
/** … and ignorance, which shrinks with observations at that hour. */
const LATENESS_IGNORANCE = 0.6;
const LATENESS_HALF_KNOWN = 5;
/** A duration drifts too, if only a little. */
const DURATION_DRIFT = 0.05;
/** Interquartile range of a normal distribution in standard deviations. */
const IQR_SCORES = 1.349;

/** One UTC hour at which ticks come, as far as a draw of the future changes what they cost. */
interface SideHour {
  readonly hour: number;
  /** Share of the ticks that come at this hour. */
  readonly share: number;
  /** Minutes to the start by kind of day. */
  readonly waits: Float64Array;
  /** Factor on them by lateness level. */
  readonly stretches: readonly number[];
  /** Expected share of failures, and its standard error. */
  readonly failure: number;
  readonly failureError: number;
}

/** The costs of a task at one of the two times of a move, as far as a draw of the future changes them. */
interface Side {
  readonly hours: readonly SideHour[];
  /** Overlap in minutes × jobs a week, at [hour place][lateness level][kind of day]. */
  readonly overlap: readonly (readonly Float64Array[])[];
  /** Overlap with jobs of other repositories on shared runners, likewise in minutes × jobs a week. */
  readonly elsewhere: number;
  /** Factor on both by duration level: a run twice as long overlaps with about twice as much. */
  readonly lengths: readonly number[];
  /** Violation of `finish-by` at [lateness level][duration level]. */
  readonly violation: readonly (readonly number[])[];
}

/** Standard error of a forecast lateness on the log scale. */
function latenessError(observations: number): number {
  return Math.hypot(LATENESS_DRIFT, LATENESS_IGNORANCE / Math.sqrt(1 + observations / LATENESS_HALF_KNOWN));
}

/** Standard error of a forecast duration on the log scale. */
function durationError(seconds: Quantiles, observations: number): number {
  const spread = Math.log((seconds.q75 + 1) / (seconds.q25 + 1)) / IQR_SCORES;
  return Math.hypot(DURATION_DRIFT, spread / Math.sqrt(1 + observations));
}

function sideOf(task: Task, option: number, field: LoadField): Side {
  const { seconds, observations } = task.schedule.forecast.duration;
  const spread = durationError(seconds, observations);
  const hours = task.hourShares(option).map(([hour, share]) => sideHour(task, option, hour, share));
  return {
    hours,
    overlap: hours.map((hour) => overlapByLevel(task, option, hour, field)),
    elsewhere: takenByOthers(task, option),
    lengths: LEVELS.map((level) => Math.exp(level * spread)),
    violation: violationByLevel(task, option, hours[0]?.hour ?? 0, spread),
  };
}

function sideHour(task: Task, option: number, hour: number, share: number): SideHour {
  const { lateness, success } = task.schedule.forecast;
  const { probability, observations } = itemAt(success, hour);
  const error = latenessError(itemAt(lateness, hour).observations);
  return {
    hour,
    share,
    waits: waitsAt(task, option, hour, share),
    stretches: LEVELS.map((level) => Math.exp(level * error)),
    failure: 1 - probability,
    failureError: Math.sqrt((probability * (1 - probability)) / (observations + 2)),
  };
}

/** Mean minutes late, on each kind of day, of the ticks that come at one hour. */
function waitsAt(
  { ticks, shifts, lateness }: Task,
  option: number,
  hour: number,
  share: number,
): Float64Array {
  const shift = numberAt(shifts, option);
  const waits = new Float64Array(DAY_KINDS);
  for (const { minutes, dayCount } of ticks.patterns) {
    for (const minute of minutes) {
      if (hourOfMinute(minute + shift) !== hour) continue;
      const late = latenessAfter(lateness, minute, shift);
      for (let kind = 0; kind < DAY_KINDS; kind += 1)
        waits[kind] = numberAt(waits, kind) + (dayCount / ticks.count / share) * numberAt(late, kind);
    }
  }
  return waits;
}

/** Overlap of the ticks that come at one hour, at [lateness level][kind of day]. */
function overlapByLevel(
  task: Task,
  option: number,
  { hour, waits, stretches }: SideHour,
  field: LoadField,
): readonly Float64Array[] {
  const shift = numberAt(task.shifts, option);
  const ran = 1 - itemAt(task.schedule.forecast.lateness, hour).dropProbability;
  return stretches.map((lateness) => {
    const sums = new Float64Array(DAY_KINDS);
    const kernel = kernelOf(waits, ran, task.lengths, { lateness, duration: 1 });
    for (const pattern of task.ticks.patterns) {
      for (const tick of pattern.minutes) {
        const minute = tick + shift;
        if (hourOfMinute(minute) === hour) field.addOverlapByKind(pattern, minute, kernel, sums);
      }
    }
    return sums.map((sum) => sum * task.ticks.weight * task.countedJobs);
  });
}

/** Violation of `finish-by` at [lateness level][duration level]; lateness errs as it does at `hour`. */
function violationByLevel(
  task: Task,
  option: number,
  hour: number,
  durationSpread: number,
): readonly (readonly number[])[] {
  if (task.finished.length === 0) return LEVELS.map(() => LEVELS.map(() => 0));
  const { schedule, ticks } = task;
  const error = latenessError(itemAt(schedule.forecast.lateness, hour).observations);
  return LEVELS.map((late) =>
    LEVELS.map((long) => {
      const stretch = { lateness: Math.exp(late * error), duration: Math.exp(long * durationSpread) };
      return violation(finishProbability(schedule, ticks, numberAt(task.shifts, option), stretch));
    }),
  );
}

export interface PlannedMove {
  readonly task: Task;
  readonly option: number;
  /** The others as they are now, and as the plan puts them; both without this task, their sums up to date. */
  readonly before: LoadField;
  readonly after: LoadField;
  /** Costs of the move that no draw changes: shift, edit, earliness. */
  readonly moveCost: number;
  /** Share of the current cost that the plan says the move saves. */
  readonly benefit: number;
  readonly slotEvidenceRuns: number;
  readonly fit?: ConfidenceFit | undefined;
}

/** What one draw of the future costs at one side, in the objective's raw units. Filled anew for each draw. */
interface DrawnTerms {
  overlap: number;
  wait: number;
  failure: number;
  violation: number;
}

/**
 * Probability that at least half of the promised gain comes true over a fortnight, from draws of the kinds of
 * day, of the forecasts' own errors and of the success rates. With `n` runs seen it is never above
 * (n + 1) / (n + 2) (Laplace's rule of succession): three runs are too few for a high confidence.
 */
export function confidenceOf(
  move: PlannedMove,
  termWeights: TermWeights,
  fortnights: SampledFortnights,
): number {
  const { task, option, benefit, moveCost } = move;
  const current = sideOf(task, 0, move.before);
  const proposed = sideOf(task, option, move.after);
  const shift = numberAt(task.shifts, option);
  const trust = beliefs(task, current, proposed, move.slotEvidenceRuns);
  const [here, there] = [noTerms(), noTerms()];
  let kept = 0;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    drawSide(current, fortnights, draw, here);
    drawSide(proposed, fortnights, draw, there);
    there.wait = costOfWait(trusted(there.wait, here.wait, trust.wait), here.wait, shift);
    there.failure = trusted(there.failure, here.failure, trust.failure);
    const costHere = costOf(here, termWeights);
    const costThere = moveCost + costOf(there, termWeights);
    if (costHere - costThere >= PROMISED_SHARE * benefit * costHere) kept += 1;
  }
  const seen = task.schedule.runsSeen;
  const share = fittedConfidence(calibrated(kept / DRAWS), move.fit);
  return Math.min(share, (share * seen + 1) / (seen + 2));
}

/**
 * Share of draws in which the gain came true → share of moves of which it did, on the tuning half of the bench. Draws
 * treat errors of both hours as unrelated, though most of GitHub's lateness is common to them: the middle of the
 * scale is too low.
 */
const CALIBRATION: readonly (readonly [drawn: number, observed: number])[] = [
  [0, 0],
  [0.3, 0.15],
  [0.45, 0.6],
  [0.57, 0.77],
  [0.65, 0.83],
  [0.75, 0.88],
  [0.85, 0.89],
  [0.96, 0.93],
  [1, 0.97],
];

/** `CALIBRATION` at a share of draws, linear between its points. */
function calibrated(drawn: number): number {
  const after = CALIBRATION.findIndex(([at]) => at >= drawn);
  const [x1, y1] = CALIBRATION[after] ?? [1, 1];
  const [x0, y0] = CALIBRATION[after - 1] ?? [x1, y1];
  return x1 === x0 ? y1 : y0 + ((drawn - x0) / (x1 - x0)) * (y1 - y0);
}

function noTerms(): DrawnTerms {
  return { overlap: 0, wait: 0, failure: 0, violation: 0 };
}

function costOf(drawn: DrawnTerms, termWeights: TermWeights): number {
  return (
    termWeights.overlap * drawn.overlap +
    termWeights.wait * drawn.wait +
    termWeights.failure * drawn.failure +
    termWeights.violation * drawn.violation
  );
}

/** Fills `into` with what one draw of the future costs at a side. */
function drawSide(side: Side, fortnights: SampledFortnights, draw: number, into: DrawnTerms): void {
  const durationLevel = numberAt(fortnights.durations, draw);
  let [overlap, wait, failure] = [0, 0, 0];
  for (let place = 0; place < side.hours.length; place += 1) {
    const at = itemAt(side.hours, place);
    const level = numberAt(fortnights.lateness, draw * DAY_HOURS + at.hour);
    const byKind = itemAt(itemAt(side.overlap, place), level);
    const stretched = at.share * itemAt(at.stretches, level);
    for (let kind = 0; kind < DAY_KINDS; kind += 1) {
      const weight = numberAt(fortnights.kinds, draw * DAY_KINDS + kind);
      overlap += weight * numberAt(byKind, kind);
      wait += weight * stretched * numberAt(at.waits, kind);
    }
    const error = at.failureError * numberAt(fortnights.success, draw * DAY_HOURS + at.hour);
    failure += at.share * Math.min(1, Math.max(0, at.failure + error));
  }
  const first = numberAt(fortnights.lateness, draw * DAY_HOURS + (side.hours[0]?.hour ?? 0));
  into.overlap = (overlap + side.elsewhere) * itemAt(side.lengths, durationLevel);
  into.wait = wait;
  into.failure = failure;
  into.violation = itemAt(itemAt(side.violation, first), durationLevel);
}

/** How far gains of waiting and failing are believed; on both sides the hour with the fewest observations counts. */
function beliefs(
  task: Task,
  here: Side,
  there: Side,
  slotEvidenceRuns: number,
): { wait: number; failure: number } {
  const { lateness, success } = task.schedule.forecast;
  const fewest = ({ hours }: Side, of: readonly { readonly observations: number }[]): number =>
    hours.length === 0 ? 0 : Math.min(...hours.map(({ hour }) => itemAt(of, hour).observations));
  return {
    wait: latenessBelief(fewest(there, lateness), fewest(here, lateness)),
    failure: belief(fewest(there, success), fewest(here, success), slotEvidenceRuns),
  };
}
