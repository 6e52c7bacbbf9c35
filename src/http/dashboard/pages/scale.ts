import { minutes, percent, seconds, timeOfDay } from '../../../render/quantity.ts';
import { DAY_MS, HOUR_MS } from '../../../time.ts';

/** What the figures of a chart are. */
export type Unit = 'minutes' | 'seconds' | 'share' | 'runs' | 'count' | 'gene';

export function figure(value: number, unit: Unit): string {
  switch (unit) {
    case 'minutes':
      return minutes(value);
    case 'seconds':
      return seconds(value);
    case 'share':
      return percent(value);
    case 'runs':
      return value.toFixed(value < 2 ? 2 : 1);
    case 'count':
      return String(value);
    case 'gene':
      return value.toFixed(2);
  }
}

/** Steps that people count time in; minutes. */
const MINUTE_STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440];
const MOST_LINES = 5;

/** Round places for grid lines from 0 to `top` (in the unit), few enough to be read. */
export function gridLines(top: number, unit: Unit): readonly number[] {
  const step = stepOf(top, unit);
  const lines: number[] = [];
  for (let at = 0; at <= top + step * 1e-9; at += step) lines.push(at);
  return lines;
}

function stepOf(top: number, unit: Unit): number {
  if (unit === 'share' || unit === 'gene') return 0.25;
  if (unit === 'runs') return decimalStep(top);
  const factor = unit === 'seconds' ? 60 : 1;
  const found = MINUTE_STEPS.find((step) => top / factor / step <= MOST_LINES);
  return factor * (found ?? 1440 * Math.ceil(top / factor / 1440 / MOST_LINES));
}

function decimalStep(top: number): number {
  const rough = Math.max(top, 1e-6) / MOST_LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((one) => one * power >= rough) ?? 10;
  return digit * power;
}

const TIME_STEPS = [
  ...[1, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30].map((days) => days * DAY_MS),
];
const MOST_TIMES = 7;

/** Round instants between two (epoch ms), with their names in UTC. */
export function timeLines(from: number, to: number) {
  const step =
    TIME_STEPS.find((one) => (to - from) / one <= MOST_TIMES) ??
    DAY_MS * Math.ceil((to - from) / DAY_MS / MOST_TIMES);
  const lines: { readonly at: number; readonly text: string }[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    lines.push({ at, text: step < DAY_MS ? timeOfDay(at) : dayAndMonth(at) });
  }
  return lines;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `4 May`, in UTC. */
export function dayAndMonth(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
}
