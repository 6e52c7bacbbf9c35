import type { AbResult } from '../simulate/ab.ts';
import type { Compared, Simulation } from '../simulate/compare.ts';
import { dayChart } from './day-chart.ts';
import { type Document, numeric, table } from './document.ts';
import { code, enumeration, type Inline, words } from './inline.ts';
import { billedMinutes } from './money.ts';
import { count, interval95, minutes, percent } from './quantity.ts';

/** Differences below this share of today's figure count as none. */
const NOTICEABLE_SHARE = 0.005;
const NO_DIFFERENCE = 'no difference';

interface Figure {
  readonly name: Inline;
  readonly of: Compared;
  readonly say: (value: number) => string;
  /** The smallest difference that `say` shows. */
  readonly step: number;
  /** How a difference is said where it is not said as a value is. */
  readonly sayDifference?: (value: number) => string;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });
}

/** A difference of two shares, which is no share of anything. */
function points(value: number): string {
  const whole = Math.round(value * 100);
  return `${whole} ${whole === 1 ? 'point' : 'points'}`;
}

function dollars(value: number): string {
  return `$${value.toFixed(2)}`;
}

function figuresOf(
  simulation: Simulation,
  { overlapCounts, triesRunners }: { readonly overlapCounts: boolean; readonly triesRunners: boolean },
): readonly Figure[] {
  const { lateShare, lostShare } = simulation;
  const shares = { say: percent, step: 0.01, sayDifference: points };
  const lost: Figure = { name: 'Ticks that leave no run', of: lostShare, ...shares };
  const all: readonly Figure[] = [
    { name: 'From tick to completion', of: simulation.completionMinutes, say: minutes, step: 1 },
    { name: 'Wait for a runner, a job', of: simulation.queueMinutes, say: minutes, step: 1 },
    ...(overlapCounts
      ? [
          { name: 'Overlap of runs, a week', of: simulation.overlapMinutes, say: minutes, step: 1 },
          { name: 'Most jobs at once', of: simulation.peakJobs, say: number, step: 0.01 },
        ]
      : []),
    ...(lateShare === null
      ? []
      : [{ name: words`Not done by ${code('finish-by')}`, of: lateShare, ...shares }]),
    { name: 'Failed runs, a week', of: simulation.failures, say: number, step: 0.01 },
    { name: 'Cost, a week', of: simulation.costUsd, say: dollars, step: 0.01 },
    // Moves take as many minutes as today. Where something is paid for them, that says it.
    ...(triesRunners && !isBilled(simulation)
      ? [{ name: 'Runner minutes, a week', of: simulation.runnerMinutes, say: billedMinutes, step: 1 }]
      : []),
    // Frequent ticks merge when GitHub is late. Where a plan changes nothing of it, the figure would only frighten.
    ...(differenceOf(lost) === NO_DIFFERENCE ? [] : [lost]),
  ];
  return all.filter(({ of }) => of.before > 0 || of.after > 0);
}

function isBilled({ costUsd }: Simulation): boolean {
  return costUsd.before > 0 || costUsd.after > 0;
}

/** The difference of both figures as shown, with its interval; none where that has 0 or it is too small. */
function differenceOf({ of, say: sayValue, sayDifference: say = sayValue, step }: Figure): string {
  const { low, high } = of;
  if (!isClear(of)) return NO_DIFFERENCE;
  const shown = (value: number): number => Math.round(value / step) * step;
  const before = shown(of.before);
  const difference = shown(of.after) - before;
  const nothing = say(0);
  const signed = (value: number): string => {
    const size = say(Math.abs(value));
    if (size === nothing) return nothing;
    return `${value < 0 ? '−' : '+'}${size}`;
  };
  if (signed(difference) === nothing) return NO_DIFFERENCE;
  const share = before > 0 ? ` (${difference < 0 ? '−' : '+'}${percent(Math.abs(difference / before))})` : '';
  const interval = say(Math.abs(low)) === say(Math.abs(high)) ? '' : `, ${signed(low)} to ${signed(high)}`;
  return `${signed(difference)}${share}${interval}`;
}

function isClear({ before, difference, low, high }: Compared): boolean {
  return Math.abs(difference) > NOTICEABLE_SHARE * before && (low > 0 || high < 0);
}

/** Harm of a simulated plan beyond chance that no figure of a move shows; empty where there is none. */
export function simulatedHarm({ failures }: Simulation): string {
  if (failures.difference <= 0 || !isClear(failures)) return '';
  const interval = interval95(number(failures.low), number(failures.high));
  return (
    `In the simulator more runs fail: ${number(failures.after)} a week instead of ${number(failures.before)} ` +
    `(${interval} more).`
  );
}

/**
 * Both plans compared by simulation, and what an A/B test would find (`ab`); or today with other limits of `runners`.
 * Overlap is left out where it does not count, as every job finds a runner of its own.
 */
export function renderSimulation(
  simulation: Simulation,
  ab: AbResult | null = null,
  runners?: Readonly<Record<string, number>>,
  { overlapCounts = true }: { readonly overlapCounts?: boolean } = {},
): Document {
  const { days, repetitions, schedules, moved } = simulation;
  const then = runners === undefined && moved > 0 ? 'Proposed' : 'Then';
  return [
    table(
      ['In the simulator', numeric('Today'), numeric(then), 'Difference (95 % interval)'],
      figuresOf(simulation, { overlapCounts, triesRunners: runners !== undefined }).map((figure) => [
        figure.name,
        figure.say(figure.of.before),
        figure.say(figure.of.after),
        differenceOf(figure),
      ]),
    ),
    runners === undefined ? '' : runnersTried(runners),
    runners === undefined && moved === 0 ? 'No move is proposed, so both are today.' : '',
    `${count(days, 'day')} of ${count(schedules, 'schedule')}, ${moved} of them moved; figures are of all runs ` +
      `together, played ${count(repetitions, 'time')} with lateness, durations and lost ticks as they are forecast ` +
      'here. These days are drawn, so a share may be a few points beside the forecast of the same thing; what counts ' +
      'is the difference.',
    ...dayChart(simulation.load, then),
    ab === null ? '' : abText(ab),
  ];
}

function runnersTried(runners: Readonly<Record<string, number>>): Inline {
  const tried = Object.entries(runners).map(
    ([label, jobs]) => words`${code(label)} takes ${count(jobs, 'job')}`,
  );
  return words`Then ${enumeration(tried)} at once, and nothing is moved.`;
}

function abText({ share, treated, control, difference, low, high, sampleNeeded }: AbResult): string {
  const sign = (value: number): string => (value < 0 ? minutes(value) : `+${minutes(value)}`);
  const found =
    `A/B with ${percent(share)} treated (${treated} schedules, ${control} left alone): from tick to ` +
    `completion ${sign(difference)}, ${interval95(sign(low), sign(high))}.`;
  const clear = low > 0 || high < 0;
  const needed =
    sampleNeeded === null
      ? ''
      : ` To tell a difference of this size takes about ${count(sampleNeeded, 'schedule')} in ` +
        `all${clear ? '' : '; here there are too few'}.`;
  return `${found}${needed}`;
}
