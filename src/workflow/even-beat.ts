import { fieldTexts, parseCron } from '../cron/parse.ts';
import { DAY_MINUTES } from '../time.ts';
import type { Schedule, WorkflowFile } from './schedule.ts';

/** Two ticks, such as noon and midnight, are not an even beat yet. */
const FEWEST_TICKS = 3;

/** Minutes between ticks where a file's schedules together tick evenly round the clock; `null` where they do not. */
export function evenBeat({ schedules }: WorkflowFile, schedule: Schedule): number | null {
  const partners = schedules.filter((other) => daysOf(other) === daysOf(schedule));
  if (partners.length < 2) return null;
  const minutes = partners.flatMap(({ cron }) => parseCron(cron).dayMinutes).sort((a, b) => a - b);
  const beat = DAY_MINUTES / minutes.length;
  const [first = 0] = minutes;
  const isEven = minutes.every((minute, at) => minute === first + at * beat);
  return isEven && minutes.length >= FEWEST_TICKS ? beat : null;
}

/** The days of a schedule as text, with its timezone; a text of its own where the cron cannot be parsed. */
function daysOf({ cron, timezone, refusal, index }: Schedule): string {
  if (refusal !== undefined && refusal.code !== 'pinned') return `#${index}`;
  const { dayOfMonth, month, dayOfWeek } = fieldTexts(parseCron(cron));
  return [timezone, dayOfMonth, month, dayOfWeek].join(' ');
}
