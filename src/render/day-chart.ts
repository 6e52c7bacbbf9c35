import { type Document, preformatted, together } from './document.ts';

/** Figures by hour of the day (UTC), up to 24 each, today and at the proposed times. */
export interface DayFigures {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** Narrow enough for a phone. */
const BAR_WIDTH = 16;

function figure(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? Math.max(0, value) : 0;
}

/** Expected jobs in progress by hour, before and after side by side; only the hours whose figures differ as shown. */
export function dayChart({ before, after }: DayFigures): Document {
  const hours = HOURS.map((hour) => ({
    name: String(hour).padStart(2, '0'),
    today: figure(before[hour]),
    proposed: figure(after[hour]),
  })).filter(({ today, proposed }) => today.toFixed(2) !== proposed.toFixed(2));
  if (hours.length === 0) return [];
  const most = Math.max(...hours.flatMap(({ today, proposed }) => [today, proposed]));
  const bar = (value: number, sign: string): string =>
    sign.repeat(Math.round((value / most) * BAR_WIDTH)).padEnd(BAR_WIDTH);
  const lines = hours.map(
    ({ name, today, proposed }) =>
      `  ${name}  ${bar(today, '░')} ${bar(proposed, '█')} ${today.toFixed(2)} → ${proposed.toFixed(2)}`,
  );
  return [
    together(
      'Jobs in progress by hour (UTC), where it differs: ░ today, █ proposed.',
      preformatted(lines.join('\n')),
    ),
  ];
}
