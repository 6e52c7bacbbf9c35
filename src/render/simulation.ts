import type { AbResult } from '../simulate/ab.ts';
import type { Compared, Simulation } from '../simulate/compare.ts';
import {
  asWritten,
  type Block,
  type Document,
  numeric,
  only,
  preformatted,
  table,
  together,
  unbroken,
} from './document.ts';
import { code, type Inline, words } from './inline.ts';
import { count, minutes, percent } from './quantity.ts';

/** Differences below this share of today's figure count as none. */
const NOTICEABLE_SHARE = 0.005;
const BAR_WIDTH = 24;
const NO_DIFFERENCE = 'no difference';

interface Figure {
  readonly name: Inline;
  readonly of: Compared;
  readonly say: (value: number) => string;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });
}

function dollars(value: number): string {
  return `$${value.toFixed(2)}`;
}

function figuresOf(simulation: Simulation): readonly Figure[] {
  const { lateShare } = simulation;
  const all: readonly Figure[] = [
    { name: 'From tick to completion', of: simulation.completionMinutes, say: minutes },
    { name: 'Wait for a runner, a job', of: simulation.queueMinutes, say: minutes },
    { name: 'Overlap of runs, a week', of: simulation.overlapMinutes, say: minutes },
    { name: 'Most jobs at once', of: simulation.peakJobs, say: number },
    ...(lateShare === null
      ? []
      : [{ name: words`Not done by ${code('finish-by')}`, of: lateShare, say: percent }]),
    { name: 'Failed runs, a week', of: simulation.failures, say: number },
    { name: 'Cost, a week', of: simulation.costUsd, say: dollars },
    { name: 'Ticks that leave no run', of: simulation.lostShare, say: percent },
  ];
  return all.filter(({ of }) => of.before > 0 || of.after > 0);
}

/** The difference with its interval; `no difference` where the interval contains 0 or the difference is too small. */
function differenceOf({ of, say }: Figure): string {
  const { before, difference, low, high } = of;
  if (Math.abs(difference) <= NOTICEABLE_SHARE * before || (low <= 0 && high >= 0)) return NO_DIFFERENCE;
  const sign = difference < 0 ? '−' : '+';
  const share = before > 0 ? ` (${sign}${percent(Math.abs(difference / before))})` : '';
  const [near, far] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b) as [number, number];
  return `${sign}${say(Math.abs(difference))}${share}, ${say(near)} to ${say(far)}`;
}

function spanWords({ days, repetitions, schedules, moved }: Simulation): string {
  return `${count(days, 'day')} of ${count(schedules, 'schedule')} played ${count(repetitions, 'time')}, ${moved} of them moved`;
}

/** Both plans compared by simulation, and what an A/B test would find (`ab`). A terminal also shows the day as bars. */
export function renderSimulation(simulation: Simulation, ab: AbResult | null = null): Document {
  const figures = figuresOf(simulation);
  // Frequent ticks merge when GitHub is late. Where a plan changes nothing of it, the figure would only frighten.
  const told = figures.filter(
    (figure) => figure.of !== simulation.lostShare || differenceOf(figure) !== NO_DIFFERENCE,
  );
  return unbroken(
    only(
      'markdown',
      figureTable(told),
      `${spanWords(simulation)}, with lateness, durations and lost ticks as they are forecast here.`,
    ),
    only(
      'terminal',
      `${spanWords(simulation)} (seed ${simulation.seed}).`,
      figureTable(figures),
      together('Jobs in progress by hour (UTC): ░ today, █ planned', preformatted(bars(simulation.load))),
    ),
    ...(ab === null ? [] : [abText(ab)]),
  );
}

function figureTable(figures: readonly Figure[]): Block {
  return table(
    [
      asWritten('In the simulator'),
      numeric('Today', 'Today'),
      numeric('Proposed', 'Planned'),
      asWritten('Difference (95 %)'),
    ],
    figures.map((figure) => [
      figure.name,
      figure.say(figure.of.before),
      figure.say(figure.of.after),
      differenceOf(figure),
    ]),
  );
}

function bars({ before, after }: Simulation['load']): string {
  const most = Math.max(1e-9, ...before, ...after);
  const bar = (value: number, sign: string): string => sign.repeat(Math.round((value / most) * BAR_WIDTH));
  const lines = before.map((today, hour) => {
    const planned = after[hour] ?? 0;
    const figures = `${today.toFixed(2)} → ${planned.toFixed(2)}`;
    const name = String(hour).padStart(2, '0');
    return `  ${name}  ${bar(today, '░').padEnd(BAR_WIDTH)} ${bar(planned, '█').padEnd(BAR_WIDTH)} ${figures}`;
  });
  return lines.join('\n');
}

/** The result of the A/B test, in two sentences. */
function abText({ share, treated, control, difference, low, high, sampleNeeded }: AbResult): string {
  const sign = (value: number): string => (value < 0 ? minutes(value) : `+${minutes(value)}`);
  const found = `A/B with ${percent(share)} treated (${treated} schedules, ${control} left alone): from tick to completion ${sign(difference)}, 95 % between ${sign(low)} and ${sign(high)}.`;
  const clear = low > 0 || high < 0;
  const needed =
    sampleNeeded === null
      ? ''
      : ` To tell a difference of this size takes about ${count(sampleNeeded, 'schedule')} in all${clear ? '' : '; here there are too few'}.`;
  return `${found}${needed}`;
}
