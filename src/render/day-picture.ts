import type { DayLoad } from '../plan/decision.ts';
import { type Document, details, numeric, preformatted, table } from './document.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));

/** Low enough to leave the text its place; two colours that hold on a light and on a dark page. */
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

/** Enough digits to tell the bars apart; Mermaid's grammar knows no exponents. */
function figure(value: number): string {
  return Number.isFinite(value) ? Math.max(0, value).toFixed(2) : '0.00';
}

function series(values: readonly number[]): readonly string[] {
  return HOURS.map((_, hour) => figure(values[hour] ?? 0));
}

/**
 * The day before and after as a Mermaid chart (expected jobs in progress by UTC hour), with the same figures as
 * a folded table for readers and places that draw no diagrams. Empty where no load is known.
 */
export function dayPicture(load: DayLoad): Document {
  if (load.before.length === 0 || load.after.length === 0) return [];
  const before = series(load.before);
  const after = series(load.after);
  const top = Math.max(0.1, ...[...before, ...after].map(Number)) * 1.1;
  const chart = [
    ...LOOK,
    'xychart-beta',
    '    title "Jobs in progress by hour of the day: line today, columns proposed"',
    `    x-axis "hour (UTC)" [${HOURS.map((hour) => `"${hour}"`).join(', ')}]`,
    `    y-axis "jobs" 0 --> ${figure(top)}`,
    `    bar [${after.join(', ')}]`,
    `    line [${before.join(', ')}]`,
  ].join('\n');
  const rows = HOURS.map((hour, at) => [hour, before[at] ?? '', after[at] ?? '']);
  return [
    preformatted(chart, 'mermaid'),
    details('The same as a table', table(['Hour (UTC)', numeric('Today'), numeric('Proposed')], rows)),
  ];
}
