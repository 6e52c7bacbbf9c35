import type { DayLoad } from '../plan/decision.ts';
import { twoDigits } from '../time.ts';
import { type Document, details, numeric, only, preformatted, table } from './document.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => twoDigits(hour));

/** A low chart, with two colours that are legible on light and on dark pages. */
const LOOK = [
  '---',
  'config:',
  '  xyChart:',
  '    height: 260',
  '  themeVariables:',
  '    xyChart:',
  '      plotColorPalette: "#4493f8, #d29922"',
  '---',
];

/** A number with two digits behind the point. Mermaid's grammar has no exponents. */
function figure(value: number): string {
  return Number.isFinite(value) ? Math.max(0, value).toFixed(2) : '0.00';
}

function series(values: readonly number[]): readonly string[] {
  return HOURS.map((_, hour) => figure(values[hour] ?? 0));
}

/**
 * The load of a day before and after as a Mermaid chart (expected jobs in progress by UTC hour), and the same figures
 * as a folded table, for where no diagrams are drawn; the table alone in a terminal. Empty where no load is known.
 * `then` is what the second of both is called.
 */
export function dayChart(load: DayLoad, then: 'Proposed' | 'Then' = 'Proposed'): Document {
  if (load.before.length === 0 || load.after.length === 0) return [];
  const before = series(load.before);
  const after = series(load.after);
  const top = Math.max(0.1, ...[...before, ...after].map(Number)) * 1.1;
  const chart = [
    ...LOOK,
    'xychart-beta',
    `    title "Jobs in progress by hour of the day: line today, columns ${then.toLowerCase()}"`,
    `    x-axis "hour (UTC)" [${HOURS.map((hour) => `"${hour}"`).join(', ')}]`,
    `    y-axis "jobs" 0 --> ${figure(top)}`,
    `    bar [${after.join(', ')}]`,
    `    line [${before.join(', ')}]`,
  ].join('\n');
  const rows = HOURS.map((hour, at) => [hour, before[at] ?? '', after[at] ?? '']);
  const figures = table(['Hour (UTC)', numeric('Today'), numeric(then)], rows);
  return [
    only('markdown', preformatted(chart, 'mermaid')),
    only('terminal', 'Jobs in progress by hour of the day', figures),
    busierPeak(load),
    only('markdown', details('The same as a table', figures)),
  ];
}

/** A sentence where the highest hour of the day gets higher; else, and where no load is known, empty. */
export function busierPeak(load: DayLoad): string {
  if (load.before.length === 0 || load.after.length === 0) return '';
  const [before, after] = [peakOf(load.before), peakOf(load.after)];
  // As shown: a rise that the figures do not show is none.
  if (Number(after.jobs) <= Number(before.jobs)) return '';
  const hour = after.hour === before.hour ? '' : ` at ${before.hour}:00`;
  return (
    `The busiest hour gets busier: ${after.jobs} jobs in progress at ${after.hour}:00 UTC instead of ` +
    `${before.jobs}${hour} today.`
  );
}

/** The highest hour and its load as shown; of equal ones the first. */
function peakOf(values: readonly number[]): { readonly hour: string; readonly jobs: string } {
  return series(values)
    .map((jobs, at) => ({ hour: HOURS[at] ?? '', jobs }))
    .reduce((highest, one) => (Number(one.jobs) > Number(highest.jobs) ? one : highest));
}
