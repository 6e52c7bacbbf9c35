import { itemAt, numberAt } from '../checked.ts';
import type { Quantiles } from '../forecast/types.ts';
import { DAY_HOURS } from '../time.ts';
import { belief, latenessBelief, trusted } from './evidence.ts';
import { violation } from './finish-by.ts';
import { DRAWS, type Futures, LEVELS } from './futures.ts';
import { DAY_KINDS, kernelOf } from './kernel.ts';
import type { LoadField } from './load-field.ts';
import { heldElsewhere, type Prices } from './objective.ts';
import { finishProbability, type Task } from './task.ts';
import { hourOfMinute } from './week.ts';

/** A gain counts as come true when at least half of it is there. */
export const PROMISED_SHARE = 0.5;
/** Error of a forecast lateness on the log scale: drift from month to month, which no history takes away … */
const LATENESS_DRIFT = 0.15;
/** … and ignorance, which goes with observations at that hour. */
const LATENESS_IGNORANCE = 0.6;
const LATENESS_HALF_KNOWN = 5;
/** A duration drifts too, if only a little. */
const DURATION_DRIFT = 0.05;
/** Interquartile range of a normal distribution in standard deviations. */
const IQR_SCORES = 1.349;

/** The parts of a move's cost at one of its two times that a draw of the future changes. */
interface Side {
  readonly hours: readonly {
    readonly hour: number;
    readonly share: number;
    /** Minutes to the start by kind of day. */
    readonly waits: Float64Array;
    /** Factor on them by lateness level. */
    readonly stretches: readonly number[];
    /** Expected share of failures, and its standard error. */
    readonly failure: number;
    readonly failureError: number;
  }[];
  /** Overlap in minutes × jobs a week, at [hour place][lateness level][kind of day]. */
  readonly overlap: readonly (readonly Float64Array[])[];
  /** What it has of others' jobs on shared runners, likewise in minutes × jobs a week. */
  readonly elsewhere: number;
  /** Factor on both by duration level: a run twice as long meets about twice as much. */
  readonly lengths: readonly number[];
  /** Violation of `finish-by` at [lateness level][duration level]. */
  readonly violation: readonly (readonly number[])[];
}

function latenessError(observations: number): number {
  return Math.hypot(LATENESS_DRIFT, LATENESS_IGNORANCE / Math.sqrt(1 + observations / LATENESS_HALF_KNOWN));
}

function durationError(seconds: Quantiles, observations: number): number {
  const spread = Math.log((seconds.q75 + 1) / (seconds.q25 + 1)) / IQR_SCORES;
  return Math.hypot(DURATION_DRIFT, spread / Math.sqrt(1 + observations));
}

function sideOf(task: Task, option: number, field: LoadField): Side {
  const { forecast } = task.schedule;
  const shift = numberAt(task.shifts, option);
  const lateBy = (hour: number): number => latenessError(forecast.lateness[hour]?.observations ?? 0);
  const hours = task.hourShares(option).map(([hour, share]) => {
    const success = forecast.success[hour];
    const p = success?.probability ?? 1;
    return {
      hour,
      share,
      waits: task.lateness(hour),
      stretches: LEVELS.map((level) => Math.exp(level * lateBy(hour))),
      failure: 1 - p,
      failureError: Math.sqrt((p * (1 - p)) / ((success?.observations ?? 0) + 2)),
    };
  });
  const spread = durationError(forecast.duration.seconds, forecast.duration.observations);
  const overlap = hours.map(({ hour, waits, stretches: lates }) => {
    const ran = 1 - (forecast.lateness[hour]?.dropProbability ?? 0);
    return lates.map((late) => {
      const sums = new Float64Array(DAY_KINDS);
      const kernel = kernelOf(waits, ran, task.lengths, { lateness: late, duration: 1 });
      for (const pattern of task.ticks.patterns) {
        for (const tick of pattern.minutes) {
          const minute = tick + shift;
          if (hourOfMinute(minute) === hour) field.addOverlapByKind(pattern, minute, kernel, sums);
        }
      }
      return sums.map((sum) => sum * task.ticks.weight * task.width);
    });
  });
  const wished = task.finished.length > 0;
  const first = hours[0]?.hour ?? 0;
  return {
    hours,
    overlap,
    elsewhere: heldElsewhere(task, option),
    lengths: LEVELS.map((level) => Math.exp(level * spread)),
    violation: LEVELS.map((l) =>
      LEVELS.map((d) => {
        if (!wished) return 0;
        const stretch = { lateness: Math.exp(l * lateBy(first)), duration: Math.exp(d * spread) };
        return violation(finishProbability(task.schedule, task.ticks, shift, stretch));
      }),
    ),
  };
}

/** One move to be judged. */
export interface Promised {
  readonly task: Task;
  readonly option: number;
  /** The others as they are today, and as the plan puts them; both without this task, both settled. */
  readonly before: LoadField;
  readonly after: LoadField;
  /** Costs that no draw changes, of the move less those of staying: shift, edit, earliness. */
  readonly moveCost: number;
  /** Share of today's cost that the move is said to take away. */
  readonly benefit: number;
  readonly slotEvidenceRuns: number;
}

/** How a draw turned out at one side, in the objective's own units. */
interface Drawn {
  overlap: number;
  wait: number;
  failure: number;
  violation: number;
}

/**
 * Probability that at least half of the promised gain comes true over a fortnight, from draws of the kinds of
 * day, of the forecasts' own errors and of the success rates. With `n` runs seen it is never above
 * (n + 1) / (n + 2) (Laplace's rule of succession): three runs cannot make anybody sure.
 */
export function confidenceOf(promised: Promised, prices: Prices, futures: Futures): number {
  const { task, option, benefit } = promised;
  const today = sideOf(task, 0, promised.before);
  const proposed = sideOf(task, option, promised.after);
  const trust = beliefs(task, today, proposed, promised.slotEvidenceRuns);
  const [here, there]: [Drawn, Drawn] = [nothing(), nothing()];
  let kept = 0;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    drawSide(today, futures, draw, here);
    drawSide(proposed, futures, draw, there);
    there.wait = trusted(there.wait, here.wait, trust.wait);
    there.failure = trusted(there.failure, here.failure, trust.failure);
    const costHere = costOf(here, prices);
    const costThere = promised.moveCost + costOf(there, prices);
    if (costHere - costThere >= PROMISED_SHARE * benefit * costHere) kept += 1;
  }
  const seen = task.schedule.runsSeen;
  const share = calibrated(kept / DRAWS);
  return Math.min(share, (share * seen + 1) / (seen + 2));
}

/**
 * Share of draws that kept the promise → share of moves that did, on the tuning half of the bench. Draws treat errors of
 * both hours as unrelated, though most of GitHub's lateness is common to them: the middle of the scale comes out too low.
 */
const CALIBRATION: readonly (readonly [drawn: number, came: number])[] = [
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

function calibrated(drawn: number): number {
  const after = CALIBRATION.findIndex(([at]) => at >= drawn);
  const [x1, y1] = CALIBRATION[after] ?? [1, 1];
  const [x0, y0] = CALIBRATION[after - 1] ?? [x1, y1];
  return x1 === x0 ? y1 : y0 + ((drawn - x0) / (x1 - x0)) * (y1 - y0);
}

function nothing(): Drawn {
  return { overlap: 0, wait: 0, failure: 0, violation: 0 };
}

function costOf(drawn: Drawn, prices: Prices): number {
  return (
    prices.overlap * drawn.overlap +
    prices.wait * drawn.wait +
    prices.failure * drawn.failure +
    prices.violation * drawn.violation
  );
}

function drawSide(side: Side, futures: Futures, draw: number, into: Drawn): void {
  const durationLevel = numberAt(futures.durations, draw);
  let [overlap, wait, failure] = [0, 0, 0];
  for (let place = 0; place < side.hours.length; place += 1) {
    const at = itemAt(side.hours, place);
    const level = numberAt(futures.lateness, draw * DAY_HOURS + at.hour);
    const byKind = itemAt(itemAt(side.overlap, place), level);
    const stretched = at.share * itemAt(at.stretches, level);
    for (let kind = 0; kind < DAY_KINDS; kind += 1) {
      const weight = numberAt(futures.kinds, draw * DAY_KINDS + kind);
      overlap += weight * numberAt(byKind, kind);
      wait += weight * stretched * numberAt(at.waits, kind);
    }
    const error = at.failureError * numberAt(futures.success, draw * DAY_HOURS + at.hour);
    failure += at.share * Math.min(1, Math.max(0, at.failure + error));
  }
  const first = numberAt(futures.lateness, draw * DAY_HOURS + (side.hours[0]?.hour ?? 0));
  into.overlap = (overlap + side.elsewhere) * itemAt(side.lengths, durationLevel);
  into.wait = wait;
  into.failure = failure;
  into.violation = side.violation[first]?.[durationLevel] ?? 0;
}

/** How far gains of waiting and failing are believed; the thinnest hours of both sides count. */
function beliefs(
  task: Task,
  here: Side,
  there: Side,
  slotEvidenceRuns: number,
): { wait: number; failure: number } {
  const { lateness, success } = task.schedule.forecast;
  const thinnest = (side: Side, seen: (hour: number) => number | undefined): number =>
    side.hours.length === 0 ? 0 : Math.min(...side.hours.map(({ hour }) => seen(hour) ?? 0));
  const late = (hour: number): number | undefined => lateness[hour]?.observations;
  const runs = (hour: number): number | undefined => success[hour]?.observations;
  return {
    wait: latenessBelief(thinnest(there, late), thinnest(here, late)),
    failure: belief(thinnest(there, runs), thinnest(here, runs), slotEvidenceRuns),
  };
}
